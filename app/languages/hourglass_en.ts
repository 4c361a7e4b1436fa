<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>DetectorBox</name>
    <message numerus="yes">
        <source>%n more to download: button beside this</source>
        <translation>
            <numerusform>%n more to download: button beside this</numerusform>
            <numerusform>%n more to download: button beside this</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>Everyone (%n people)</source>
        <translation>
            <numerusform>Everyone (%n person)</numerusform>
            <numerusform>Everyone (%n people)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FileCommands</name>
    <message numerus="yes">
        <source>%n file(s) are in {folder} already.</source>
        <translation>
            <numerusform>%n file is in {folder} already.</numerusform>
            <numerusform>%n files are in {folder} already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Exported %n file(s).</source>
        <translation>
            <numerusform>Exported %n file.</numerusform>
            <numerusform>Exported %n files.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LiveBar</name>
    <message numerus="yes">
        <source>%n frame(s)</source>
        <translation>
            <numerusform>%n frame</numerusform>
            <numerusform>%n frames</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) left out</source>
        <translation>
            <numerusform>%n picture left out</numerusform>
            <numerusform>%n pictures left out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LiveCommands</name>
    <message numerus="yes">
        <source>%n recording(s) interrupted: {name}.</source>
        <translation>
            <numerusform>%n recording was interrupted: {name}.</numerusform>
            <numerusform>%n recordings were interrupted: {name}.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LiveDialog</name>
    <message numerus="yes">
        <source>%n camera(s) found.</source>
        <translation>
            <numerusform>%n camera found.</numerusform>
            <numerusform>%n cameras found.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MappingDialog</name>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>And %n more.</numerusform>
            <numerusform>And %n more.</numerusform>
        </translation>
    </message>
</context>
</TS>
