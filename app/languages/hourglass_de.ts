<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen…</translation>
    </message>
    <message>
        <source>Open a video, 2D joints or a saved take</source>
        <translation>Ein Video, 2D-Gelenke oder eine gespeicherte Aufnahme öffnen</translation>
    </message>
    <message>
        <source>Open a &amp;folder…</source>
        <translation>&amp;Ordner öffnen…</translation>
    </message>
    <message>
        <source>Numbered images, videos or 2D joints</source>
        <translation>Nummerierte Bilder, Videos oder 2D-Gelenke</translation>
    </message>
    <message>
        <source>Open the &amp;sample video</source>
        <translation>&amp;Beispielvideo öffnen</translation>
    </message>
    <message>
        <source>Two people, one of them jumps</source>
        <translation>Zwei Personen, eine davon springt</translation>
    </message>
    <message>
        <source>Open &amp;camera or stream…</source>
        <translation>&amp;Kamera oder Stream öffnen…</translation>
    </message>
    <message>
        <source>A webcam or a network stream</source>
        <translation>Eine Webcam oder ein Netzwerkstream</translation>
    </message>
    <message>
        <source>Open a re&amp;cording…</source>
        <translation>Auf&amp;zeichnung öffnen…</translation>
    </message>
    <message>
        <source>Also one that was interrupted</source>
        <translation>Auch eine, die unterbrochen wurde</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>&amp;Aufzeichnen</translation>
    </message>
    <message>
        <source>Record the live run, and lift it again afterwards</source>
        <translation>Den Live-Lauf aufzeichnen und danach noch einmal liften</translation>
    </message>
    <message>
        <source>S&amp;top live</source>
        <translation>Live &amp;beenden</translation>
    </message>
    <message>
        <source>End the live run</source>
        <translation>Den Live-Lauf beenden</translation>
    </message>
    <message>
        <source>&amp;Mirror the camera&apos;s picture</source>
        <translation>Kamerabild &amp;spiegeln</translation>
    </message>
    <message>
        <source>Only the picture: 3D stays as it is</source>
        <translation>Nur das Bild: 3D bleibt unverändert</translation>
    </message>
    <message>
        <source>&amp;Save take</source>
        <translation>Aufnahme &amp;speichern</translation>
    </message>
    <message>
        <source>Save everything that was found as one .pose3d file</source>
        <translation>Alles Gefundene in einer .pose3d-Datei speichern</translation>
    </message>
    <message>
        <source>Save take &amp;as…</source>
        <translation>Aufnahme speichern &amp;unter…</translation>
    </message>
    <message>
        <source>Save to another .pose3d file</source>
        <translation>In einer anderen .pose3d-Datei speichern</translation>
    </message>
    <message>
        <source>Put on a &amp;character…</source>
        <translation>Auf &amp;Figur übertragen…</translation>
    </message>
    <message>
        <source>Move your own VRM, glTF, FBX or BVH by this take</source>
        <translation>Die eigene VRM-, glTF-, FBX- oder BVH-Figur durch diese Aufnahme bewegen</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren…</translation>
    </message>
    <message>
        <source>Export to BVH, CSV and more</source>
        <translation>Nach BVH, CSV und in weitere Formate exportieren</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Starten</translation>
    </message>
    <message>
        <source>Find the people and lift them to 3D</source>
        <translation>Personen finden und in 3D liften</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
    <message>
        <source>Stop the run, or dismiss the message</source>
        <translation>Den Lauf abbrechen oder die Meldung schließen</translation>
    </message>
    <message>
        <source>Lift &amp;everyone</source>
        <translation>&amp;Alle Personen liften</translation>
    </message>
    <message>
        <source>Lift everybody in the picture, not only one person</source>
        <translation>Alle Personen im Bild liften, nicht nur eine</translation>
    </message>
    <message>
        <source>Next &amp;person</source>
        <translation>&amp;Nächste Person</translation>
    </message>
    <message>
        <source>Follow the next person</source>
        <translation>Der nächsten Person folgen</translation>
    </message>
    <message>
        <source>&amp;Compare recipes</source>
        <translation>Rezepte &amp;vergleichen</translation>
    </message>
    <message>
        <source>Lift the same 2D with a second recipe and show it as a ghost</source>
        <translation>Dieselben 2D-Gelenke mit einem zweiten Rezept liften und als Geist zeigen</translation>
    </message>
    <message>
        <source>Li&amp;fters…</source>
        <translation>&amp;Lifter…</translation>
    </message>
    <message>
        <source>Which lifters there are; add a checkpoint file</source>
        <translation>Welche Lifter es gibt; einen Checkpoint hinzufügen</translation>
    </message>
    <message>
        <source>2D &amp;detectors…</source>
        <translation>2D-&amp;Detektoren…</translation>
    </message>
    <message>
        <source>Which 2D detectors there are; get their weights</source>
        <translation>Welche 2D-Detektoren es gibt; ihre Gewichte laden</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>&amp;Wiedergeben</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Wiedergeben oder anhalten</translation>
    </message>
    <message>
        <source>One frame &amp;back</source>
        <translation>Ein Bild &amp;zurück</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <source>One frame &amp;forward</source>
        <translation>Ein Bild &amp;vor</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>Ein Bild vor</translation>
    </message>
    <message>
        <source>Ten frames back</source>
        <translation>Zehn Bilder zurück</translation>
    </message>
    <message>
        <source>Ten frames forward</source>
        <translation>Zehn Bilder vor</translation>
    </message>
    <message>
        <source>To the &amp;start</source>
        <translation>Zum &amp;Anfang</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>To the &amp;end</source>
        <translation>Zum &amp;Ende</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>Zum Ende</translation>
    </message>
    <message>
        <source>&amp;Slower</source>
        <translation>&amp;Langsamer</translation>
    </message>
    <message>
        <source>Fas&amp;ter</source>
        <translation>&amp;Schneller</translation>
    </message>
    <message>
        <source>&amp;Loop</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Start again at the end</source>
        <translation>Am Ende von vorn beginnen</translation>
    </message>
    <message>
        <source>Start &amp;here</source>
        <translation>&amp;Hier beginnen</translation>
    </message>
    <message>
        <source>Cut everything before this frame</source>
        <translation>Alles vor diesem Bild abschneiden</translation>
    </message>
    <message>
        <source>End h&amp;ere</source>
        <translation>Hier &amp;enden</translation>
    </message>
    <message>
        <source>Cut everything after this frame</source>
        <translation>Alles nach diesem Bild abschneiden</translation>
    </message>
    <message>
        <source>Use the &amp;whole video</source>
        <translation>Das &amp;ganze Video verwenden</translation>
    </message>
    <message>
        <source>Undo the cuts</source>
        <translation>Die Schnitte aufheben</translation>
    </message>
    <message>
        <source>2D &amp;joints over the video</source>
        <translation>2D-&amp;Gelenke über dem Video</translation>
    </message>
    <message>
        <source>Show the detected joints</source>
        <translation>Die erkannten Gelenke zeigen</translation>
    </message>
    <message>
        <source>&amp;Other people</source>
        <translation>&amp;Andere Personen</translation>
    </message>
    <message>
        <source>Show the other people&apos;s joints too</source>
        <translation>Auch die Gelenke der anderen Personen zeigen</translation>
    </message>
    <message>
        <source>Ha&amp;nds</source>
        <translation>H&amp;ände</translation>
    </message>
    <message>
        <source>Show hands over the video and in 3D</source>
        <translation>Hände über dem Video und in 3D zeigen</translation>
    </message>
    <message>
        <source>Fa&amp;ce</source>
        <translation>G&amp;esicht</translation>
    </message>
    <message>
        <source>Show faces over the video and their expressions in 3D</source>
        <translation>Gesichter über dem Video und ihren Ausdruck in 3D zeigen</translation>
    </message>
    <message>
        <source>&amp;Error halos</source>
        <translation>&amp;Fehlerhüllen</translation>
    </message>
    <message>
        <source>Show around every joint how far off it may be: nine of ten true joints lie in their halo</source>
        <translation>Um jedes Gelenk zeigen, wie weit es danebenliegen kann: neun von zehn wahren Gelenken liegen in ihrer Hülle</translation>
    </message>
    <message>
        <source>&amp;Follow the person</source>
        <translation>Der Person &amp;folgen</translation>
    </message>
    <message>
        <source>Keep the person in the middle</source>
        <translation>Die Person in der Mitte halten</translation>
    </message>
    <message>
        <source>F&amp;loor</source>
        <translation>&amp;Boden</translation>
    </message>
    <message>
        <source>Show the floor</source>
        <translation>Den Boden zeigen</translation>
    </message>
    <message>
        <source>F&amp;ront</source>
        <translation>Von &amp;vorn</translation>
    </message>
    <message>
        <source>From the front</source>
        <translation>Von vorn</translation>
    </message>
    <message>
        <source>&amp;Side</source>
        <translation>Von der &amp;Seite</translation>
    </message>
    <message>
        <source>From the side</source>
        <translation>Von der Seite</translation>
    </message>
    <message>
        <source>&amp;Top</source>
        <translation>Von &amp;oben</translation>
    </message>
    <message>
        <source>From above</source>
        <translation>Von oben</translation>
    </message>
    <message>
        <source>As the &amp;camera saw it</source>
        <translation>Wie die &amp;Kamera sah</translation>
    </message>
    <message>
        <source>As the camera saw it</source>
        <translation>Wie die Kamera sah</translation>
    </message>
    <message>
        <source>&amp;Reset the view</source>
        <translation>Ansicht &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>Back to the three-quarter view (or double-click)</source>
        <translation>Zurück zur Dreiviertelansicht (oder Doppelklick)</translation>
    </message>
    <message>
        <source>Frame &amp;all</source>
        <translation>A&amp;lle zeigen</translation>
    </message>
    <message>
        <source>Show everybody over the whole take</source>
        <translation>Alle Personen über die ganze Aufnahme zeigen</translation>
    </message>
    <message>
        <source>Frame the &amp;person</source>
        <translation>Die &amp;Person zeigen</translation>
    </message>
    <message>
        <source>Show this person over the whole take</source>
        <translation>Diese Person über die ganze Aufnahme zeigen</translation>
    </message>
    <message>
        <source>&amp;Curves, people, findings</source>
        <translation>&amp;Kurven, Personen, Befunde</translation>
    </message>
    <message>
        <source>Curves, people and findings</source>
        <translation>Kurven, Personen und Befunde</translation>
    </message>
    <message>
        <source>&amp;Horizon</source>
        <translation>&amp;Horizont</translation>
    </message>
    <message>
        <source>Show the horizon: drag it to set the camera&apos;s tilt and roll</source>
        <translation>Den Horizont zeigen: durch Ziehen Neigung und Rollwinkel der Kamera einstellen</translation>
    </message>
    <message>
        <source>&amp;Correct joints</source>
        <translation>Gelenke &amp;korrigieren</translation>
    </message>
    <message>
        <source>Drag the person&apos;s 2D joints to where they are</source>
        <translation>Die 2D-Gelenke der Person dorthin ziehen, wo sie sind</translation>
    </message>
    <message>
        <source>Ne&amp;xt doubtful place</source>
        <translation>&amp;Nächste zweifelhafte Stelle</translation>
    </message>
    <message>
        <source>Go to the next place where the person&apos;s joints may be wrong</source>
        <translation>Zur nächsten Stelle gehen, an der die Gelenke der Person falsch sein können</translation>
    </message>
    <message>
        <source>Pre&amp;vious doubtful place</source>
        <translation>&amp;Vorige zweifelhafte Stelle</translation>
    </message>
    <message>
        <source>Go back to the place before where the person&apos;s joints may be wrong</source>
        <translation>Zur vorigen Stelle zurückgehen, an der die Gelenke der Person falsch sein können</translation>
    </message>
    <message>
        <source>Re&amp;name this person…</source>
        <translation>Diese Person &amp;umbenennen…</translation>
    </message>
    <message>
        <source>S&amp;plit this person here</source>
        <translation>Diese Person hier &amp;teilen</translation>
    </message>
    <message>
        <source>Another person from this frame on</source>
        <translation>Ab diesem Bild eine andere Person</translation>
    </message>
    <message>
        <source>E&amp;xchange left and right</source>
        <translation>Links und &amp;rechts vertauschen</translation>
    </message>
    <message>
        <source>Correct a detector that swapped left and right: the person is lifted again</source>
        <translation>Eine Verwechslung von links und rechts durch den Detektor berichtigen: die Person wird neu geliftet</translation>
    </message>
    <message>
        <source>&amp;Delete this person</source>
        <translation>Diese Person &amp;löschen</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>Undo the last change to the people</source>
        <translation>Die letzte Änderung an den Personen zurücknehmen</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Make the change again that was undone last</source>
        <translation>Die zuletzt zurückgenommene Änderung wieder vornehmen</translation>
    </message>
    <message>
        <source>Se&amp;ttings</source>
        <translation>&amp;Einstellungen</translation>
    </message>
    <message>
        <source>Show or hide the settings</source>
        <translation>Die Einstellungen zeigen oder verbergen</translation>
    </message>
    <message>
        <source>&amp;Keyboard and mouse</source>
        <translation>&amp;Tastatur und Maus</translation>
    </message>
    <message>
        <source>Show the &amp;log file</source>
        <translation>&amp;Protokolldatei zeigen</translation>
    </message>
    <message>
        <source>&amp;About Hourglass</source>
        <translation>&amp;Über Hourglass</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Live</source>
        <translation>L&amp;ive</translation>
    </message>
    <message>
        <source>P&amp;eople</source>
        <translation>&amp;Personen</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Open a video first.</source>
        <translation>Zuerst ein Video öffnen.</translation>
    </message>
    <message>
        <source>Stop the live run first.</source>
        <translation>Zuerst den Live-Lauf beenden.</translation>
    </message>
    <message>
        <source>Only during a live run.</source>
        <translation>Nur während eines Live-Laufs.</translation>
    </message>
    <message>
        <source>Wait for the end of the run, or cancel it.</source>
        <translation>Das Ende des Laufs abwarten oder ihn abbrechen.</translation>
    </message>
    <message>
        <source>Press Run first: there is no skeleton yet.</source>
        <translation>Zuerst auf Starten klicken: noch gibt es kein Skelett.</translation>
    </message>
    <message>
        <source>The video is not where it was, and a run needs it.</source>
        <translation>Das Video ist nicht mehr an seinem Ort, und ein Lauf braucht es.</translation>
    </message>
    <message>
        <source>There is only one person.</source>
        <translation>Es gibt nur eine Person.</translation>
    </message>
    <message>
        <source>No change to the people can be undone.</source>
        <translation>Es gibt keine Änderung an den Personen, die zurückgenommen werden kann.</translation>
    </message>
    <message>
        <source>Nothing was undone.</source>
        <translation>Es wurde nichts zurückgenommen.</translation>
    </message>
    <message>
        <source>Nothing is running.</source>
        <translation>Es läuft nichts.</translation>
    </message>
    <message>
        <source>Human3.6M (official checkpoints)</source>
        <translation>Human3.6M (offizielle Checkpoints)</translation>
    </message>
    <message>
        <source>Hourglass (trained with this program)</source>
        <translation>Hourglass (mit diesem Programm trainiert)</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>Körpergröße</translation>
    </message>
    <message>
        <source>Field of view</source>
        <translation>Bildwinkel</translation>
    </message>
    <message>
        <source>Tilt down</source>
        <translation>Neigung</translation>
    </message>
    <message>
        <source>Roll</source>
        <translation>Rollwinkel</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>2D detector</source>
        <translation>2D-Detektor</translation>
    </message>
    <message>
        <source>3D lifter</source>
        <translation>3D-Lifter</translation>
    </message>
    <message>
        <source>Recorded at</source>
        <translation>Aufgenommen mit</translation>
    </message>
    <message>
        <source>Turning camera</source>
        <translation>Kameraschwenk</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>Rechnen auf</translation>
    </message>
    <message>
        <source>Token pruning</source>
        <translation>Token-Pruning</translation>
    </message>
    <message>
        <source>People at most</source>
        <translation>Höchstens Personen</translation>
    </message>
    <message>
        <source>Look-ahead</source>
        <translation>Vorausschau</translation>
    </message>
    <message>
        <source>Turn the 3D view</source>
        <translation>3D-Ansicht drehen</translation>
    </message>
    <message>
        <source>Move the 3D view</source>
        <translation>3D-Ansicht verschieben</translation>
    </message>
    <message>
        <source>Shift + drag, or right drag</source>
        <translation>Umschalt + ziehen oder rechts ziehen</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Reset the 3D view</source>
        <translation>3D-Ansicht zurücksetzen</translation>
    </message>
    <message>
        <source>Choose a person</source>
        <translation>Eine Person wählen</translation>
    </message>
    <message>
        <source>click on them in the video</source>
        <translation>im Video anklicken</translation>
    </message>
    <message>
        <source>Choose a person in the timeline</source>
        <translation>Eine Person in der Zeitleiste wählen</translation>
    </message>
    <message>
        <source>click on their lane</source>
        <translation>ihre Spur anklicken</translation>
    </message>
    <message>
        <source>Rename a person</source>
        <translation>Eine Person umbenennen</translation>
    </message>
    <message>
        <source>double-click on their lane or in the list of people</source>
        <translation>Doppelklick auf ihre Spur oder in der Personenliste</translation>
    </message>
    <message>
        <source>Rename, split, merge, exchange sides</source>
        <translation>Umbenennen, teilen, zusammenführen, Seiten tauschen</translation>
    </message>
    <message>
        <source>right click on a lane or in the list of people</source>
        <translation>Rechtsklick auf eine Spur oder in der Personenliste</translation>
    </message>
    <message>
        <source>Zoom the curves</source>
        <translation>Kurven zoomen</translation>
    </message>
    <message>
        <source>wheel; double-click for all</source>
        <translation>Mausrad; Doppelklick zeigt alles</translation>
    </message>
    <message>
        <source>Tilt and roll</source>
        <translation>Neigung und Rollwinkel</translation>
    </message>
    <message>
        <source>drag the horizon; double-click for the estimate</source>
        <translation>den Horizont ziehen; Doppelklick für die Schätzung</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>Vorbereitung</translation>
    </message>
    <message>
        <source>Finding people</source>
        <translation>Personen werden gesucht</translation>
    </message>
    <message>
        <source>Lifting to 3D</source>
        <translation>3D wird geliftet</translation>
    </message>
    <message>
        <source>Finishing</source>
        <translation>Abschluss</translation>
    </message>
    <message>
        <source>name of person {}</source>
        <translation>Name von Person {}</translation>
    </message>
    <message>
        <source>deleting person {}</source>
        <translation>Löschen von Person {}</translation>
    </message>
    <message>
        <source>merging {1} into {0}</source>
        <translation>Zusammenführen von {1} mit {0}</translation>
    </message>
    <message>
        <source>splitting person {}</source>
        <translation>Teilen von Person {}</translation>
    </message>
    <message>
        <source>correction of person {}</source>
        <translation>Korrektur von Person {}</translation>
    </message>
    <message>
        <source>exchanging sides of person {}</source>
        <translation>Seitentausch von Person {}</translation>
    </message>
    <message>
        <source>Mean over the joints, both pelvises on the same place: the difference of the two poses, not an error.</source>
        <translation>Mittel über die Gelenke, beide Becken am selben Ort: der Unterschied der beiden Posen, kein Fehlermaß.</translation>
    </message>
    <message>
        <source>mmpose::body_2d_keypoint/…/name.py, or the path of a config file</source>
        <translation>mmpose::body_2d_keypoint/…/name.py oder der Pfad einer Config-Datei</translation>
    </message>
    <message>
        <source>Your own network of MMPose: say its config here, then choose its checkpoint file.</source>
        <translation>Ein eigenes Netz von MMPose: hier seine Config angeben, dann die Checkpoint-Datei wählen.</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>Installiert</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Fehlt</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>Beschädigt</translation>
    </message>
    <message>
        <source>Lifter</source>
        <translation>Lifter</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Trained pruning</source>
        <translation>Trainiertes Pruning</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Drop a checkpoint file here to add it: {suffixes}</source>
        <translation>Eine Checkpoint-Datei hierher ziehen, um sie hinzuzufügen: {suffixes}</translation>
    </message>
    <message>
        <source>No camera found. Plug one in and look again, or give an address or a file.</source>
        <translation>Keine Kamera gefunden. Eine anschließen und erneut suchen, oder eine Adresse oder Datei angeben.</translation>
    </message>
    <message>
        <source>Camera, or rtsp://…, http://…, udp://…, or a video file</source>
        <translation>Kamera oder rtsp://…, http://…, udp://… oder eine Videodatei</translation>
    </message>
    <message>
        <source>Find expressions of faces, too, and send them to other programs and avatars.</source>
        <translation>Auch den Ausdruck von Gesichtern suchen und an andere Programme und Avatare senden.</translation>
    </message>
    <message>
        <source>Not seen</source>
        <translation>Nicht gesehen</translation>
    </message>
    <message>
        <source>Sides exchanged</source>
        <translation>Seiten vertauscht</translation>
    </message>
    <message>
        <source>Sides may be exchanged throughout</source>
        <translation>Seiten vielleicht durchgehend vertauscht</translation>
    </message>
    <message>
        <source>Knee or elbow bent backward</source>
        <translation>Knie oder Ellbogen nach hinten gebeugt</translation>
    </message>
    <message>
        <source>Sudden turn</source>
        <translation>Plötzliche Drehung</translation>
    </message>
    <message>
        <source>Possibly the same person</source>
        <translation>Vielleicht dieselbe Person</translation>
    </message>
    <message>
        <source>Camera upside down or on its side</source>
        <translation>Kamera auf dem Kopf oder auf der Seite</translation>
    </message>
    <message>
        <source>Uncertain</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <source>filled in</source>
        <translation>aufgefüllt</translation>
    </message>
    <message>
        <source>smoothed</source>
        <translation>geglättet</translation>
    </message>
    <message>
        <source>repaired</source>
        <translation>berichtigt</translation>
    </message>
    <message>
        <source>please check</source>
        <translation>bitte prüfen</translation>
    </message>
    <message>
        <source>Nothing to report: gaps, exchanged sides, backward joints and sudden turns would be listed here.</source>
        <translation>Nichts zu berichten: Lücken, vertauschte Seiten, falsch gebeugte Gelenke und plötzliche Drehungen stünden hier.</translation>
    </message>
    <message>
        <source>Later frames make a skeleton surer: it is then so much older than the picture. This delay is chosen; the latency on the left is what the machine takes.</source>
        <translation>Spätere Bilder machen ein Skelett sicherer: um so viel ist es dann älter als das Bild. Diese Verzögerung ist gewählt; die Latenz links ist das, was der Rechner braucht.</translation>
    </message>
    <message>
        <source>Other programs move with the person: vmc://HOST:PORT for avatars, vrchat:// and vmt:// for trackers, osc://, udp://, ws:// and lsl://. Several addresses with spaces between.</source>
        <translation>Andere Programme bewegen sich mit der Person: vmc://HOST:PORT für Avatare, vrchat:// und vmt:// für Tracker, osc://, udp://, ws:// und lsl://. Mehrere Adressen durch Leerzeichen trennen.</translation>
    </message>
    <message>
        <source>Find the fingers of both hands, too, and send them to other programs. Fewer frames a second are then detected.</source>
        <translation>Auch die Finger beider Hände suchen und an andere Programme senden. Dafür werden weniger Bilder je Sekunde erkannt.</translation>
    </message>
    <message>
        <source>This computer offers no OpenGL 2.1, which the 3D view needs.
Update the graphics driver. Everything else works, export included.</source>
        <translation>Dieser Rechner bietet kein OpenGL 2.1, das die 3D-Ansicht braucht.
Den Grafiktreiber aktualisieren. Alles andere funktioniert, auch der Export.</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>Berichtigen</translation>
    </message>
    <message>
        <source>Only list</source>
        <translation>Nur auflisten</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Lassen</translation>
    </message>
    <message>
        <source>Adaptive</source>
        <translation>Adaptiv</translation>
    </message>
    <message>
        <source>Butterworth</source>
        <translation>Butterworth</translation>
    </message>
    <message>
        <source>Savitzky-Golay</source>
        <translation>Savitzky-Golay</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Low-pass</source>
        <translation>Tiefpass</translation>
    </message>
    <message>
        <source>How the movement is smoothed. Adaptive smooths slow joints more and leaves fast ones alone. None of them delays the movement.</source>
        <translation>Wie die Bewegung geglättet wird. Adaptiv glättet langsame Gelenke stärker und lässt schnelle unverändert. Keines der Verfahren verzögert die Bewegung.</translation>
    </message>
    <message>
        <source>One body</source>
        <translation>Ein Körper</translation>
    </message>
    <message>
        <source>Bone by bone</source>
        <translation>Knochen für Knochen</translation>
    </message>
    <message>
        <source>As lifted</source>
        <translation>Wie geliftet</translation>
    </message>
    <message>
        <source>Bone lengths</source>
        <translation>Knochenlängen</translation>
    </message>
    <message>
        <source>One body: constant lengths, fitted to all joints at once. Bone by bone: constant lengths along the lifted directions. As lifted: lengths change from frame to frame.</source>
        <translation>Ein Körper: gleichbleibende Längen, an alle Gelenke zugleich angepasst. Knochen für Knochen: gleichbleibende Längen entlang der gelifteten Richtungen. Wie geliftet: die Längen ändern sich von Bild zu Bild.</translation>
    </message>
    <message>
        <source>Exchanged sides</source>
        <translation>Vertauschte Seiten</translation>
    </message>
    <message>
        <source>Frames in which the detector took the left for the right. What was found is listed under Findings.</source>
        <translation>Bilder, in denen der Detektor links und rechts verwechselt hat. Was gefunden wurde, steht unter Befunde.</translation>
    </message>
    <message>
        <source>Backward joints</source>
        <translation>Falsche Beugung</translation>
    </message>
    <message>
        <source>Knees and elbows that bend the wrong way. What was found is listed under Findings.</source>
        <translation>Knie und Ellbogen, die sich falsch herum beugen. Was gefunden wurde, steht unter Befunde.</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Ignore</source>
        <translation>Ignorieren</translation>
    </message>
    <message>
        <source>A camera that pans, tilts or shakes on its tripod is measured by the background. Follow: paths and the direction of gravity are corrected for it. Ignore: as if it stood still.</source>
        <translation>Eine Kamera, die auf ihrem Stativ schwenkt, kippt oder wackelt, wird am Hintergrund vermessen. Folgen: Wege und die Richtung der Schwerkraft werden dafür korrigiert. Ignorieren: als stünde sie still.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>Immer</translation>
    </message>
    <message>
        <source>On the floor</source>
        <translation>Am Boden</translation>
    </message>
    <message>
        <source>Standing feet</source>
        <translation>Standfüße</translation>
    </message>
    <message>
        <source>Feet that stand do not slide. Automatic: where a contact can be believed. Always: every contact. On the floor: as automatic, and feet near the floor stand on it.</source>
        <translation>Stehende Füße rutschen nicht. Automatisch: wo ein Kontakt glaubhaft ist. Immer: jeder Kontakt. Am Boden: wie automatisch, und Füße nahe am Boden stehen auf ihm.</translation>
    </message>
    <message>
        <source>Hips</source>
        <translation>Hüfte</translation>
    </message>
    <message>
        <source>Spine</source>
        <translation>Wirbelsäule</translation>
    </message>
    <message>
        <source>Chest</source>
        <translation>Brust</translation>
    </message>
    <message>
        <source>Upper chest</source>
        <translation>Obere Brust</translation>
    </message>
    <message>
        <source>Neck</source>
        <translation>Hals</translation>
    </message>
    <message>
        <source>Left eye</source>
        <translation>Linkes Auge</translation>
    </message>
    <message>
        <source>Right eye</source>
        <translation>Rechtes Auge</translation>
    </message>
    <message>
        <source>Jaw</source>
        <translation>Kiefer</translation>
    </message>
    <message>
        <source>Lower arm</source>
        <translation>Unterarm</translation>
    </message>
    <message>
        <source>Hand</source>
        <translation>Hand</translation>
    </message>
    <message>
        <source>Upper leg</source>
        <translation>Oberschenkel</translation>
    </message>
    <message>
        <source>Lower leg</source>
        <translation>Unterschenkel</translation>
    </message>
    <message>
        <source>Foot</source>
        <translation>Fuß</translation>
    </message>
    <message>
        <source>Toes</source>
        <translation>Zehen</translation>
    </message>
    <message>
        <source>Thumb</source>
        <translation>Daumen</translation>
    </message>
    <message>
        <source>Index finger</source>
        <translation>Zeigefinger</translation>
    </message>
    <message>
        <source>Middle finger</source>
        <translation>Mittelfinger</translation>
    </message>
    <message>
        <source>Ring finger</source>
        <translation>Ringfinger</translation>
    </message>
    <message>
        <source>Little finger</source>
        <translation>Kleiner Finger</translation>
    </message>
    <message>
        <source>Left arm</source>
        <translation>Linker Arm</translation>
    </message>
    <message>
        <source>Left leg</source>
        <translation>Linkes Bein</translation>
    </message>
    <message>
        <source>Fingers of the left hand</source>
        <translation>Finger der linken Hand</translation>
    </message>
    <message>
        <source>Right arm</source>
        <translation>Rechter Arm</translation>
    </message>
    <message>
        <source>Right leg</source>
        <translation>Rechtes Bein</translation>
    </message>
    <message>
        <source>Fingers of the right hand</source>
        <translation>Finger der rechten Hand</translation>
    </message>
    <message>
        <source>Between the hip joints</source>
        <translation>Zwischen den Hüftgelenken</translation>
    </message>
    <message>
        <source>Thigh</source>
        <translation>Oberschenkel</translation>
    </message>
    <message>
        <source>From hip to knee</source>
        <translation>Von der Hüfte zum Knie</translation>
    </message>
    <message>
        <source>Shank</source>
        <translation>Unterschenkel</translation>
    </message>
    <message>
        <source>From knee to ankle</source>
        <translation>Vom Knie zum Knöchel</translation>
    </message>
    <message>
        <source>Trunk</source>
        <translation>Rumpf</translation>
    </message>
    <message>
        <source>From hips to shoulders</source>
        <translation>Von den Hüften zu den Schultern</translation>
    </message>
    <message>
        <source>Shoulders</source>
        <translation>Schultern</translation>
    </message>
    <message>
        <source>Between the shoulder joints</source>
        <translation>Zwischen den Schultergelenken</translation>
    </message>
    <message>
        <source>Upper arm</source>
        <translation>Oberarm</translation>
    </message>
    <message>
        <source>From shoulder to elbow</source>
        <translation>Von der Schulter zum Ellbogen</translation>
    </message>
    <message>
        <source>Forearm</source>
        <translation>Unterarm</translation>
    </message>
    <message>
        <source>From elbow to wrist</source>
        <translation>Vom Ellbogen zum Handgelenk</translation>
    </message>
    <message>
        <source>As the lifter was trained</source>
        <translation>Wie der Lifter trainiert wurde</translation>
    </message>
    <message>
        <source>Nothing: every frame</source>
        <translation>Nichts: jedes Bild</translation>
    </message>
    <message>
        <source>TPS: evenly spread frames</source>
        <translation>TPS: gleichmäßig verteilte Bilder</translation>
    </message>
    <message>
        <source>TPC: one of each cluster</source>
        <translation>TPC: eines je Cluster</translation>
    </message>
    <message>
        <source>TPA: most attended frames</source>
        <translation>TPA: meistbeachtete Bilder</translation>
    </message>
    <message>
        <source>TPMo: frames of most motion</source>
        <translation>TPMo: Bilder mit der meisten Bewegung</translation>
    </message>
    <message>
        <source>TRI: in between, straight</source>
        <translation>TRI: linear dazwischen</translation>
    </message>
    <message>
        <source>TRA: learned tokens</source>
        <translation>TRA: gelernte Tokens</translation>
    </message>
    <message>
        <source>None: centre frame only</source>
        <translation>Keine: nur das mittlere Bild</translation>
    </message>
    <message>
        <source>Neighbouring frames say nearly the same: dropping some inside the lifter makes it faster.</source>
        <translation>Benachbarte Bilder sagen fast dasselbe: einige davon im Lifter wegzulassen macht ihn schneller.</translation>
    </message>
    <message>
        <source>Lifts the same 2D a second time and shows it as a ghost. It is never saved or exported.</source>
        <translation>Liftet dieselben 2D-Gelenke ein zweites Mal und zeigt sie als Geist. Er wird nie gespeichert oder exportiert.</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>Prozessor (CPU)</translation>
    </message>
    <message>
        <source>NVIDIA GPU (CUDA)</source>
        <translation>NVIDIA-GPU (CUDA)</translation>
    </message>
    <message>
        <source>Apple GPU (Metal)</source>
        <translation>Apple-GPU (Metal)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation>&amp;Wie das System</translation>
    </message>
    <message>
        <source>Animation</source>
        <translation>Animation</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>Tabellen</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Biomechanics</source>
        <translation>Biomechanik</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>BVH motion (Blender, Unity, Unreal, Maya)</source>
        <translation>BVH-Bewegung (Blender, Unity, Unreal, Maya)</translation>
    </message>
    <message>
        <source>glTF with a human body (.glb)</source>
        <translation>glTF mit menschlichem Körper (.glb)</translation>
    </message>
    <message>
        <source>FBX with a human body (Unity, Unreal; by Blender)</source>
        <translation>FBX mit menschlichem Körper (Unity, Unreal)</translation>
    </message>
    <message>
        <source>USD with a human body (.usdc)</source>
        <translation>USD mit menschlichem Körper (.usdc)</translation>
    </message>
    <message>
        <source>CSV, one row a frame, person and joint</source>
        <translation>CSV, eine Zeile je Bild, Person, Gelenk</translation>
    </message>
    <message>
        <source>CSV, one row a frame</source>
        <translation>CSV, eine Zeile je Bild</translation>
    </message>
    <message>
        <source>CSV as DeepLabCut writes it</source>
        <translation>CSV wie von DeepLabCut</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>NumPy arrays (.npz)</source>
        <translation>NumPy-Arrays (.npz)</translation>
    </message>
    <message>
        <source>OpenPose JSON of the 2D joints (zipped)</source>
        <translation>OpenPose-JSON der 2D-Gelenke (ZIP)</translation>
    </message>
    <message>
        <source>MOT joint angles (OpenSim)</source>
        <translation>MOT-Gelenkwinkel (OpenSim)</translation>
    </message>
    <message>
        <source>CSV of the joint angles</source>
        <translation>CSV der Gelenkwinkel</translation>
    </message>
    <message>
        <source>Video with the joints over it (.mp4)</source>
        <translation>Video mit den Gelenken darüber (.mp4)</translation>
    </message>
    <message>
        <source>Video beside the skeleton (.mp4)</source>
        <translation>Video neben dem Skelett (.mp4)</translation>
    </message>
    <message>
        <source>TRC markers (OpenSim, Pose2Sim)</source>
        <translation>TRC-Marker (OpenSim, Pose2Sim)</translation>
    </message>
    <message>
        <source>C3D markers (Mokka, Visual3D, MATLAB)</source>
        <translation>C3D-Marker (Mokka, Visual3D, MATLAB)</translation>
    </message>
    <message>
        <source>Bone names for</source>
        <translation>Knochennamen für</translation>
    </message>
    <message>
        <source>Blender (Hips, LeftArm)</source>
        <translation>Blender (Hips, LeftArm)</translation>
    </message>
    <message>
        <source>Unity, VRM (LeftUpperArm)</source>
        <translation>Unity, VRM (LeftUpperArm)</translation>
    </message>
    <message>
        <source>Unreal (upperarm_l)</source>
        <translation>Unreal (upperarm_l)</translation>
    </message>
    <message>
        <source>Unreal 5, MetaHuman (root, spine_05, ik bones)</source>
        <translation>Unreal 5, MetaHuman (root, spine_05, IK-Knochen)</translation>
    </message>
    <message>
        <source>Mixamo (mixamorig:LeftArm)</source>
        <translation>Mixamo (mixamorig:LeftArm)</translation>
    </message>
    <message>
        <source>Rigify&apos;s metarig (upper_arm.L)</source>
        <translation>Rigifys Metarig (upper_arm.L)</translation>
    </message>
    <message>
        <source>BVH unit</source>
        <translation>Einheit in BVH</translation>
    </message>
    <message>
        <source>Centimetres</source>
        <translation>Zentimeter</translation>
    </message>
    <message>
        <source>Metres</source>
        <translation>Meter</translation>
    </message>
    <message>
        <source>Travel of the body</source>
        <translation>Fortbewegung</translation>
    </message>
    <message>
        <source>as filmed</source>
        <translation>wie gefilmt</translation>
    </message>
    <message>
        <source>on the spot</source>
        <translation>auf der Stelle</translation>
    </message>
    <message>
        <source>T-pose as first frame (BVH)</source>
        <translation>T-Pose als erstes Bild (BVH)</translation>
    </message>
    <message>
        <source>Report with checks</source>
        <translation>Bericht mit Prüfungen</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>Joint angle</source>
        <translation>Gelenkwinkel</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>Height above the floor</source>
        <translation>Höhe über dem Boden</translation>
    </message>
    <message>
        <source>Position across the image</source>
        <translation>Position quer zum Bild</translation>
    </message>
    <message>
        <source>Position away from the camera</source>
        <translation>Entfernung von der Kamera</translation>
    </message>
    <message>
        <source>Hip flexion</source>
        <translation>Hüftflexion</translation>
    </message>
    <message>
        <source>Hip abduction</source>
        <translation>Hüftabduktion</translation>
    </message>
    <message>
        <source>Knee flexion</source>
        <translation>Knieflexion</translation>
    </message>
    <message>
        <source>Shoulder flexion</source>
        <translation>Schulterflexion</translation>
    </message>
    <message>
        <source>Shoulder abduction</source>
        <translation>Schulterabduktion</translation>
    </message>
    <message>
        <source>Elbow flexion</source>
        <translation>Ellbogenflexion</translation>
    </message>
    <message>
        <source>Ankle flexion</source>
        <translation>Sprunggelenkflexion</translation>
    </message>
    <message>
        <source>Ankle abduction</source>
        <translation>Sprunggelenkabduktion</translation>
    </message>
    <message>
        <source>Foot progression</source>
        <translation>Fußstellungswinkel</translation>
    </message>
    <message>
        <source>Trunk tilt</source>
        <translation>Rumpfneigung</translation>
    </message>
    <message>
        <source>Trunk list</source>
        <translation>Rumpfseitneigung</translation>
    </message>
    <message>
        <source>Trunk rotation</source>
        <translation>Rumpfrotation</translation>
    </message>
    <message>
        <source>Lumbar bending</source>
        <translation>Lumbale Seitneigung</translation>
    </message>
    <message>
        <source>Lumbar rotation</source>
        <translation>Lumbale Rotation</translation>
    </message>
    <message>
        <source>Wrist</source>
        <translation>Handgelenk</translation>
    </message>
    <message>
        <source>Elbow</source>
        <translation>Ellbogen</translation>
    </message>
    <message>
        <source>Shoulder</source>
        <translation>Schulter</translation>
    </message>
    <message>
        <source>Ankle</source>
        <translation>Knöchel</translation>
    </message>
    <message>
        <source>Knee</source>
        <translation>Knie</translation>
    </message>
    <message>
        <source>Hip</source>
        <translation>Hüfte</translation>
    </message>
    <message>
        <source>Pelvis</source>
        <translation>Becken</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>Kopf</translation>
    </message>
    <message>
        <source>assumed</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>from the file</source>
        <translation>aus der Datei</translation>
    </message>
    <message>
        <source>set by the user</source>
        <translation>von Ihnen eingestellt</translation>
    </message>
    <message>
        <source>estimated from how people stand (deviation {0} degrees)</source>
        <translation>aus dem Stand der Personen geschätzt (Abweichung {0} Grad)</translation>
    </message>
    <message>
        <source>dashes</source>
        <translation>Striche</translation>
    </message>
    <message>
        <source>dots</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>dash-dot</source>
        <translation>Strichpunkte</translation>
    </message>
    <message>
        <source>L</source>
        <translation>L</translation>
    </message>
    <message>
        <source>R</source>
        <translation>R</translation>
    </message>
    <message>
        <source>&amp;Human</source>
        <translation>&amp;Mensch</translation>
    </message>
    <message>
        <source>&amp;Stick figure</source>
        <translation>&amp;Strichfigur</translation>
    </message>
    <message>
        <source>&amp;Both</source>
        <translation>&amp;Beides</translation>
    </message>
</context>
<context>
    <name>Absence</name>
    <message>
        <source>Go there</source>
        <translation>Dorthin</translation>
    </message>
    <message>
        <source>Nobody is in this frame. {name} appears at {time}.</source>
        <translation>In diesem Bild ist niemand. {name} erscheint bei {time}.</translation>
    </message>
    <message>
        <source>Nobody is in this frame. {name} was last seen at {time}.</source>
        <translation>In diesem Bild ist niemand. {name} war zuletzt bei {time} zu sehen.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>CatalogueCommands</name>
    <message>
        <source>Downloading {name}…</source>
        <translation>{name} wird heruntergeladen…</translation>
    </message>
</context>
<context>
    <name>CatalogueDialog</name>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>CheckpointForm</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>What it is called in the list of lifters</source>
        <translation>Wie er in der Liste der Lifter heißt</translation>
    </message>
    <message>
        <source>From the file&apos;s name</source>
        <translation>Nach dem Dateinamen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Add this lifter</source>
        <translation>Diesen Lifter hinzufügen</translation>
    </message>
    <message>
        <source>IN THE FILE</source>
        <translation>IN DER DATEI</translation>
    </message>
    <message>
        <source>ASSUMED, NOT IN THE FILE</source>
        <translation>ANGENOMMEN, NICHT IN DER DATEI</translation>
    </message>
</context>
<context>
    <name>CompareBar</name>
    <message>
        <source>mean over joints, roots aligned</source>
        <translation>Mittel über Gelenke, Becken angeglichen</translation>
    </message>
    <message>
        <source>{here} here  ·  {mean} on average</source>
        <translation>{here} hier  ·  {mean} im Mittel</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>Etwas ist schiefgegangen</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>This is a bug in Hourglass, not your mistake.</source>
        <translation>Das ist ein Fehler in Hourglass, nicht Ihrer.</translation>
    </message>
    <message>
        <source>The program goes on. The report below helps to put it right.</source>
        <translation>Das Programm läuft weiter. Der Bericht unten hilft, den Fehler zu beheben.</translation>
    </message>
    <message>
        <source>Log file: {log_path}</source>
        <translation>Protokolldatei: {log_path}</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>Bericht kopieren</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>Protokoll zeigen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
</context>
<context>
    <name>CurveCommands</name>
    <message>
        <source>{name} walks: {gait}</source>
        <translation>{name} geht: {gait}</translation>
    </message>
</context>
<context>
    <name>CurvesPage</name>
    <message>
        <source>What the curves show</source>
        <translation>Was die Kurven zeigen</translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation>Messgröße</translation>
    </message>
    <message>
        <source>Which joints; several can be shown at once</source>
        <translation>Welche Gelenke; mehrere zugleich sind möglich</translation>
    </message>
    <message>
        <source>Joints</source>
        <translation>Gelenke</translation>
    </message>
    <message>
        <source>Everyone</source>
        <translation>Alle Personen</translation>
    </message>
    <message>
        <source>The other people&apos;s curves too, faintly</source>
        <translation>Auch die Kurven der anderen Personen, blass</translation>
    </message>
    <message>
        <source>Shaded, and after ±: nine of ten true values are at most this far away, relative to the pelvis</source>
        <translation>Schattiert und hinter ±: neun von zehn wahren Werten liegen höchstens so weit entfernt, bezogen auf das Becken</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>A click shows the frame; the values of this frame are in the line above</source>
        <translation>Ein Klick zeigt das Bild; die Werte dieses Bildes stehen in der Zeile darüber</translation>
    </message>
    <message>
        <source>{text}  ·  long ticks: heel strikes, short ones: toe offs</source>
        <translation>{text}  ·  lange Striche: Fersenaufsatz, kurze: Zehenablösung</translation>
    </message>
</context>
<context>
    <name>DetectorBox</name>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>Empfohlen</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>Weitere</translation>
    </message>
    <message numerus="yes">
        <source>%n more to download: button beside this</source>
        <translation>
            <numerusform>%n weiterer zum Herunterladen: Knopf daneben</numerusform>
            <numerusform>%n weitere zum Herunterladen: Knopf daneben</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DetectorCommands</name>
    <message>
        <source>Adding {name} (loads MMPose, some seconds)…</source>
        <translation>{name} wird hinzugefügt (MMPose wird geladen, einige Sekunden)…</translation>
    </message>
    <message>
        <source>Removing {name}…</source>
        <translation>{name} wird entfernt…</translation>
    </message>
</context>
<context>
    <name>DetectorsDialog</name>
    <message>
        <source>Detector</source>
        <translation>Detektor</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>2D detectors</source>
        <translation>2D-Detektoren</translation>
    </message>
    <message>
        <source>Config of your own network</source>
        <translation>Config Ihres eigenen Netzes</translation>
    </message>
    <message>
        <source>Add checkpoint…</source>
        <translation>Checkpoint hinzufügen…</translation>
    </message>
    <message>
        <source>Only detectors that you added can be removed.</source>
        <translation>Nur von Ihnen hinzugefügte Detektoren können entfernt werden.</translation>
    </message>
    <message>
        <source>, added by you</source>
        <translation>, von Ihnen hinzugefügt</translation>
    </message>
    <message>
        <source>Download ({size})</source>
        <translation>Herunterladen ({size})</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Add a checkpoint</source>
        <translation>Einen Checkpoint hinzufügen</translation>
    </message>
    <message>
        <source>Checkpoints (*.pth *.pt *.safetensors);;All files (*)</source>
        <translation>Checkpoints (*.pth *.pt *.safetensors);;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>DeviceBox</name>
    <message>
        <source>{device}: there is none that can be used on this computer.</source>
        <translation>{device}: auf diesem Rechner ist keine verwendbar.</translation>
    </message>
</context>
<context>
    <name>Drawer</name>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>People</source>
        <translation>Personen</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Findings ({count})</source>
        <translation>Befunde ({count})</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Turn a video into a 3D skeleton</source>
        <translation>Aus einem Video wird ein 3D-Skelett</translation>
    </message>
    <message>
        <source>Drop a video here. One ordinary camera is enough.</source>
        <translation>Ein Video hierher ziehen. Eine gewöhnliche Kamera genügt.</translation>
    </message>
    <message>
        <source>Open video…</source>
        <translation>Video öffnen…</translation>
    </message>
    <message>
        <source>Open a video, 2D joints or a saved take  (Ctrl+O)</source>
        <translation>Ein Video, 2D-Gelenke oder eine gespeicherte Aufnahme öffnen  (Strg+O)</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>Beispiel ansehen</translation>
    </message>
    <message>
        <source>Two people, one of them jumps: see what comes out</source>
        <translation>Zwei Personen, eine davon springt: sehen, was herauskommt</translation>
    </message>
    <message>
        <source>Use a camera…</source>
        <translation>Kamera verwenden…</translation>
    </message>
    <message>
        <source>A webcam or a network stream, in real time  (Ctrl+L)</source>
        <translation>Eine Webcam oder ein Netzwerkstream, in Echtzeit  (Strg+L)</translation>
    </message>
    <message>
        <source>MP4, MOV, MKV, WebM, AVI  ·  saved takes  ·  everything stays on this computer</source>
        <translation>MP4, MOV, MKV, WebM, AVI  ·  gespeicherte Aufnahmen  ·  alles bleibt auf diesem Rechner</translation>
    </message>
    <message>
        <source>RECENT</source>
        <translation>ZULETZT</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation>Einen anderen Ordner wählen</translation>
    </message>
    <message numerus="yes">
        <source>Everyone (%n people)</source>
        <translation>
            <numerusform>Alle (%n Person)</numerusform>
            <numerusform>Alle (%n Personen)</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose “Everyone in the picture” in the settings and run again to export more people.</source>
        <translation>„Alle Personen im Bild“ in den Einstellungen wählen und neu starten, um weitere Personen zu exportieren.</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>Fortschritt des Exports</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>OPTIONS</source>
        <translation>OPTIONEN</translation>
    </message>
    <message>
        <source>FILES</source>
        <translation>DATEIEN</translation>
    </message>
    <message>
        <source>Export the skeleton</source>
        <translation>Das Skelett exportieren</translation>
    </message>
    <message>
        <source>Written files</source>
        <translation>Geschriebene Dateien</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>Exportiert</translation>
    </message>
    <message>
        <source>This is {target}</source>
        <translation>Das ist {target}</translation>
    </message>
    <message>
        <source>Tick at least one format.</source>
        <translation>Mindestens ein Format ankreuzen.</translation>
    </message>
    <message>
        <source>Choose a folder.</source>
        <translation>Einen Ordner wählen.</translation>
    </message>
    <message>
        <source>Give the files a name.</source>
        <translation>Den Dateien einen Namen geben.</translation>
    </message>
    <message>
        <source>A name cannot have any of {characters}</source>
        <translation>Ein Name darf keines dieser Zeichen haben: {characters}</translation>
    </message>
    <message>
        <source>There is no frame in this range.</source>
        <translation>In diesem Bereich liegt kein Bild.</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>Exportieren nach</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Wird geschrieben…</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Wird abgebrochen…</translation>
    </message>
    <message>
        <source>: {done} of {total} frames</source>
        <translation>: {done} von {total} Bildern</translation>
    </message>
</context>
<context>
    <name>FbxDialog</name>
    <message>
        <source>Install what FBX needs</source>
        <translation>Installieren, was FBX braucht</translation>
    </message>
    <message>
        <source>FBX is read and written by Blender. Where Blender is not installed, its own package {package} does it: free software under another licence than this program, {licence}. It runs as a program by itself, only while an FBX is read or written.</source>
        <translation>FBX liest und schreibt Blender. Wo Blender nicht installiert ist, tut es sein eigenes Paket {package}: freie Software unter einer anderen Lizenz als dieses Programm, {licence}. Es läuft als Programm für sich, nur während eine FBX gelesen oder geschrieben wird.</translation>
    </message>
    <message>
        <source>Download from PyPI: about {download} MB. On the disk: about {installed} MB.</source>
        <translation>Download von PyPI: etwa {download} MB. Auf der Platte: etwa {installed} MB.</translation>
    </message>
    <message>
        <source>Progress of the installation</source>
        <translation>Fortschritt der Installation</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Installieren</translation>
    </message>
</context>
<context>
    <name>FbxInstallation</name>
    <message>
        <source>Cancelled: nothing was installed.</source>
        <translation>Abgebrochen: Es wurde nichts installiert.</translation>
    </message>
    <message>
        <source>Nothing was installed, because of a bug.</source>
        <translation>Wegen eines Programmfehlers wurde nichts installiert.</translation>
    </message>
</context>
<context>
    <name>FileCommands</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Videos, images, 2D joints and takes ({patterns});;All files (*)</source>
        <translation>Videos, Bilder, 2D-Gelenke und Aufnahmen ({patterns});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>Einen Ordner öffnen</translation>
    </message>
    <message>
        <source>Save the take</source>
        <translation>Die Aufnahme speichern</translation>
    </message>
    <message>
        <source>Takes ({pattern})</source>
        <translation>Aufnahmen ({pattern})</translation>
    </message>
    <message>
        <source>The video {name} is not where it was.</source>
        <translation>Das Video {name} ist nicht mehr an seinem Ort.</translation>
    </message>
    <message>
        <source>The skeleton is shown without it; export works, but for videos.</source>
        <translation>Das Skelett wird ohne es gezeigt; der Export geht, außer als Video.</translation>
    </message>
    <message>
        <source>Find the video…</source>
        <translation>Das Video suchen…</translation>
    </message>
    <message>
        <source>Find {name}</source>
        <translation>{name} suchen</translation>
    </message>
    <message>
        <source>Videos ({patterns});;All files (*)</source>
        <translation>Videos ({patterns});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} wurde gespeichert.</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>Noch nichts</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>Liste leeren</translation>
    </message>
    <message>
        <source>Files exist</source>
        <translation>Dateien vorhanden</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) are in {folder} already.</source>
        <translation>
            <numerusform>%n Datei gibt es schon in {folder}.</numerusform>
            <numerusform>%n Dateien gibt es schon in {folder}.</numerusform>
        </translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>Beide behalten</translation>
    </message>
    <message numerus="yes">
        <source>Exported %n file(s).</source>
        <translation>
            <numerusform>%n Datei wurde exportiert.</numerusform>
            <numerusform>%n Dateien wurden exportiert.</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancelled. What was finished before is there, and nothing is half-written.</source>
        <translation>Abgebrochen. Was vorher fertig wurde, ist da, und nichts ist halb geschrieben.</translation>
    </message>
    <message>
        <source>Nothing was written, because of a bug.</source>
        <translation>Wegen eines Programmfehlers wurde nichts geschrieben.</translation>
    </message>
</context>
<context>
    <name>FindingsList</name>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Repaired and doubtful frames; a click shows the frame</source>
        <translation>Berichtigte und zweifelhafte Bilder; ein Klick zeigt das Bild</translation>
    </message>
</context>
<context>
    <name>FormatChoice</name>
    <message>
        <source>Install what FBX needs…</source>
        <translation>Installieren, was FBX braucht …</translation>
    </message>
</context>
<context>
    <name>GivenFiles</name>
    <message>
        <source>Images as a video</source>
        <translation>Bilder als Video</translation>
    </message>
    <message>
        <source>Frames a second of {name}:</source>
        <translation>Bilder je Sekunde von {name}:</translation>
    </message>
    <message>
        <source>One video is shown at a time; waiting: {names}.</source>
        <translation>Es wird ein Video zur Zeit gezeigt; es warten: {names}.</translation>
    </message>
    <message>
        <source>The command line lifts several in one go.</source>
        <translation>Die Befehlszeile liftet mehrere auf einmal.</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>{name} öffnen</translation>
    </message>
</context>
<context>
    <name>Horizon</name>
    <message>
        <source>Horizon: {pitch}° down, roll {roll}°</source>
        <translation>Horizont: Neigung {pitch}° abwärts, Rollwinkel {roll}°</translation>
    </message>
    <message>
        <source>Horizon: {pitch}° up, roll {roll}°</source>
        <translation>Horizont: Neigung {pitch}° aufwärts, Rollwinkel {roll}°</translation>
    </message>
</context>
<context>
    <name>HorizonCommands</name>
    <message>
        <source>Turn the video (roll {other}°)</source>
        <translation>Das Video drehen (Rollwinkel {other}°)</translation>
    </message>
    <message>
        <source>set; double click for the estimate</source>
        <translation>eingestellt; Doppelklick für die Schätzung</translation>
    </message>
    <message>
        <source>drag it to where it is</source>
        <translation>dorthin ziehen, wo er ist</translation>
    </message>
    <message>
        <source>estimated{sigma}; drag to correct it</source>
        <translation>geschätzt{sigma}; zum Berichtigen ziehen</translation>
    </message>
</context>
<context>
    <name>Leaving</name>
    <message>
        <source>this video</source>
        <translation>diesem Video</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Nicht gespeicherte Änderungen</translation>
    </message>
    <message>
        <source>A run is going on</source>
        <translation>Ein Lauf ist im Gange</translation>
    </message>
    <message>
        <source>The changes to {name} are not saved.</source>
        <translation>Die Änderungen an {name} sind nicht gespeichert.</translation>
    </message>
    <message>
        <source>{name} is being lifted.</source>
        <translation>{name} wird gerade geliftet.</translation>
    </message>
    <message>
        <source>Names, splits, merges and exchanged sides would be lost.</source>
        <translation>Namen, Teilungen, Zusammenführungen und getauschte Seiten gingen verloren.</translation>
    </message>
    <message>
        <source>The run stops; what was found in 2D is kept for the next one.</source>
        <translation>Der Lauf endet; die gefundenen 2D-Gelenke bleiben für den nächsten erhalten.</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>Lauf beenden</translation>
    </message>
</context>
<context>
    <name>LifterCommands</name>
    <message>
        <source>Looking at {name}…</source>
        <translation>{name} wird untersucht…</translation>
    </message>
    <message>
        <source>Adding {name}…</source>
        <translation>{name} wird hinzugefügt…</translation>
    </message>
    <message>
        <source>Removing {name}…</source>
        <translation>{name} wird entfernt…</translation>
    </message>
</context>
<context>
    <name>LiftersDialog</name>
    <message>
        <source>Lifters</source>
        <translation>Lifter</translation>
    </message>
    <message>
        <source>Add a file…</source>
        <translation>Datei hinzufügen…</translation>
    </message>
    <message>
        <source>, default</source>
        <translation>, Standard</translation>
    </message>
    <message>
        <source>Only lifters that you added can be removed.</source>
        <translation>Nur von Ihnen hinzugefügte Lifter können entfernt werden.</translation>
    </message>
    <message>
        <source>Download ({size})</source>
        <translation>Herunterladen ({size})</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Licence: {licence}.</source>
        <translation>Lizenz: {licence}.</translation>
    </message>
    <message>
        <source>Add a checkpoint</source>
        <translation>Einen Checkpoint hinzufügen</translation>
    </message>
    <message>
        <source>Checkpoints ({patterns});;All files (*)</source>
        <translation>Checkpoints ({patterns});;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>LiveBar</name>
    <message>
        <source>Look-ahead</source>
        <translation>Vorausschau</translation>
    </message>
    <message>
        <source>Corrected one as a ghost</source>
        <translation>Berichtigtes als Geist</translation>
    </message>
    <message>
        <source>Show beside the newest skeleton the last one whose future is known: it does not change any more.</source>
        <translation>Neben dem neuesten Skelett das letzte zeigen, dessen Zukunft bekannt ist: es ändert sich nicht mehr.</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufzeichnen</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Countdown</source>
        <translation>Countdown</translation>
    </message>
    <message>
        <source>How long is counted down before a recording</source>
        <translation>Wie lange vor einer Aufzeichnung heruntergezählt wird</translation>
    </message>
    <message>
        <source>Longest recording</source>
        <translation>Längste Aufzeichnung</translation>
    </message>
    <message>
        <source>A recording ends by itself after so long</source>
        <translation>Nach dieser Zeit endet eine Aufzeichnung von selbst</translation>
    </message>
    <message>
        <source>or with both hands up</source>
        <translation>oder mit beiden Händen oben</translation>
    </message>
    <message>
        <source>Holding both hands over the head for 2 seconds begins a recording, and ends it.</source>
        <translation>Beide Hände 2 Sekunden lang über dem Kopf beginnen eine Aufzeichnung und beenden sie.</translation>
    </message>
    <message>
        <source>Send to</source>
        <translation>Senden an</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>after</source>
        <translation>nach</translation>
    </message>
    <message>
        <source>for</source>
        <translation>für</translation>
    </message>
    <message numerus="yes">
        <source>%n frame(s)</source>
        <translation>
            <numerusform>%n Bild</numerusform>
            <numerusform>%n Bilder</numerusform>
        </translation>
    </message>
    <message>
        <source>none: the newest frame</source>
        <translation>keine: das neueste Bild</translation>
    </message>
    <message>
        <source>&lt;b&gt;{painted_hz:.1f}&lt;/b&gt; shown  ·  {predicted_hz:.1f} predicted  ·  {captured_hz:.1f} captured a second  ·  {dropped} dropped</source>
        <translation>&lt;b&gt;{painted_hz:.1f}&lt;/b&gt; gezeigt  ·  {predicted_hz:.1f} vorhergesagt  ·  {captured_hz:.1f} aufgenommen je Sekunde  ·  {dropped} verworfen</translation>
    </message>
    <message>
        <source>Latency {total:.0f} ms: capture {capture_ms:.0f}, detect {detect_ms:.0f}, lift {lift_ms:.0f}, display {display_ms:.0f}</source>
        <translation>Latenz {total:.0f} ms: Aufnahme {capture_ms:.0f}, Detektor {detect_ms:.0f}, Lifter {lift_ms:.0f}, Anzeige {display_ms:.0f}</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>Aufzeichnung beenden</translation>
    </message>
    <message>
        <source>Begins in {counting}</source>
        <translation>Beginnt in {counting}</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) left out</source>
        <translation>
            <numerusform>%n Bild ausgelassen</numerusform>
            <numerusform>%n Bilder ausgelassen</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop sending</source>
        <translation>Senden beenden</translation>
    </message>
</context>
<context>
    <name>LiveCommands</name>
    <message>
        <source>Camera {name}</source>
        <translation>Kamera {name}</translation>
    </message>
    <message>
        <source>Opening the camera, loading the models…</source>
        <translation>Die Kamera wird geöffnet, die Modelle werden geladen…</translation>
    </message>
    <message>
        <source>provisional: paler until its future is known</source>
        <translation>vorläufig: blasser, bis seine Zukunft bekannt ist</translation>
    </message>
    <message>
        <source>{width_px} × {height_px}  ·  {fps_hz:.4g} fps</source>
        <translation>{width_px} × {height_px}  ·  {fps_hz:.4g} fps</translation>
    </message>
    <message>
        <source>Open a recording</source>
        <translation>Eine Aufzeichnung öffnen</translation>
    </message>
    <message numerus="yes">
        <source>%n recording(s) interrupted: {name}.</source>
        <translation>
            <numerusform>%n Aufzeichnung wurde unterbrochen: {name}.</numerusform>
            <numerusform>%n Aufzeichnungen wurden unterbrochen: {name}.</numerusform>
        </translation>
    </message>
    <message>
        <source>File &gt; Open a recording repairs and lifts it.</source>
        <translation>Datei &gt; Aufzeichnung öffnen repariert und liftet sie.</translation>
    </message>
</context>
<context>
    <name>LiveDialog</name>
    <message>
        <source>Camera or stream</source>
        <translation>Kamera oder Stream</translation>
    </message>
    <message>
        <source>Looking for cameras…</source>
        <translation>Kameras werden gesucht…</translation>
    </message>
    <message>
        <source>The camera&apos;s</source>
        <translation>Wie die Kamera</translation>
    </message>
    <message>
        <source>{hz:g} frames/s</source>
        <translation>{hz:g} Bilder/s</translation>
    </message>
    <message>
        <source>Play a file again and again</source>
        <translation>Eine Datei immer wieder abspielen</translation>
    </message>
    <message>
        <source>Assumed</source>
        <translation>Angenommen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Picture size</source>
        <translation>Bildgröße</translation>
    </message>
    <message>
        <source>What a camera is asked for; it may give another one</source>
        <translation>Was von der Kamera verlangt wird; sie kann anderes liefern</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Bildrate</translation>
    </message>
    <message>
        <source>People at most</source>
        <translation>Höchstens Personen</translation>
    </message>
    <message>
        <source>Each person costs time; one is the quickest</source>
        <translation>Jede Person kostet Zeit; eine ist am schnellsten</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>Körpergröße</translation>
    </message>
    <message>
        <source>How tall the person is: it sets the scale of everything</source>
        <translation>Wie groß die Person ist: das bestimmt alle Maße</translation>
    </message>
    <message>
        <source>2D detector</source>
        <translation>2D-Detektor</translation>
    </message>
    <message>
        <source>Finds people and their joints in every picture.</source>
        <translation>Findet Personen und ihre Gelenke in jedem Bild.</translation>
    </message>
    <message>
        <source>3D lifter</source>
        <translation>3D-Lifter</translation>
    </message>
    <message>
        <source>Turns the joints&apos; movement into 3D. The fast one is made for this.</source>
        <translation>Macht aus der Bewegung der Gelenke 3D. Der schnelle ist dafür gemacht.</translation>
    </message>
    <message>
        <source>Camera, address or file</source>
        <translation>Kamera, Adresse oder Datei</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>Datei…</translation>
    </message>
    <message>
        <source>Play a video file as if it were a camera: for rehearsing, and for trying things out</source>
        <translation>Eine Videodatei abspielen, als wäre sie eine Kamera: zum Proben und Ausprobieren</translation>
    </message>
    <message>
        <source>Look for cameras again</source>
        <translation>Erneut nach Kameras suchen</translation>
    </message>
    <message numerus="yes">
        <source>%n camera(s) found.</source>
        <translation>
            <numerusform>%n Kamera gefunden.</numerusform>
            <numerusform>%n Kameras gefunden.</numerusform>
        </translation>
    </message>
    <message>
        <source>Play a video as if it were live</source>
        <translation>Ein Video abspielen, als wäre es live</translation>
    </message>
    <message>
        <source>Videos ({patterns})</source>
        <translation>Videos ({patterns})</translation>
    </message>
</context>
<context>
    <name>LivePage</name>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>LIVE</source>
        <translation>LIVE</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>Skeleton</source>
        <translation>Skelett</translation>
    </message>
    <message>
        <source>The skeleton appears here
as soon as a person is in the picture</source>
        <translation>Das Skelett erscheint hier,
sobald eine Person im Bild ist</translation>
    </message>
</context>
<context>
    <name>LiveRecording</name>
    <message>
        <source>What was recorded until then is in {folder}.</source>
        <translation>Das bis dahin Aufgezeichnete ist in {folder}.</translation>
    </message>
</context>
<context>
    <name>LiveStreams</name>
    <message>
        <source>{url}: {sent} frames sent</source>
        <translation>{url}: {sent} Bilder gesendet</translation>
    </message>
    <message>
        <source>, {dropped} left out</source>
        <translation>, {dropped} ausgelassen</translation>
    </message>
</context>
<context>
    <name>LiveVideo</name>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>The camera&apos;s picture with the detected joints</source>
        <translation>Das Kamerabild mit den erkannten Gelenken</translation>
    </message>
</context>
<context>
    <name>MappingDialog</name>
    <message>
        <source>Bones of {name}</source>
        <translation>Knochen von {name}</translation>
    </message>
    <message>
        <source>Figure of the character</source>
        <translation>Figur des Charakters</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>Knochen</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>In der Datei</translation>
    </message>
    <message>
        <source>Bones</source>
        <translation>Knochen</translation>
    </message>
    <message>
        <source>Choose a bone in the list, then click its joint in the figure. Drag to turn the figure, the wheel enlarges it. Hollow joints were only guessed.</source>
        <translation>Wählen Sie in der Liste einen Knochen und klicken Sie dann in der Figur auf sein Gelenk. Ziehen dreht die Figur, das Rad vergrößert sie. Hohle Gelenke wurden nur erraten.</translation>
    </message>
    <message>
        <source>As recognised</source>
        <translation>Wie erkannt</translation>
    </message>
    <message>
        <source>Take back all corrections</source>
        <translation>Alle Korrekturen zurücknehmen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>Joint of the chosen bone</source>
        <translation>Gelenk des gewählten Knochens</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>Only guessed: please check</source>
        <translation>Nur erraten: bitte prüfen</translation>
    </message>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>Und %n weiteres.</numerusform>
            <numerusform>Und %n weitere.</numerusform>
        </translation>
    </message>
    <message>
        <source>{bone} is missing.</source>
        <translation>Es fehlt: {bone}.</translation>
    </message>
    <message>
        <source>{bone} and {other} are the same joint.</source>
        <translation>{bone} und {other} sind dasselbe Gelenk.</translation>
    </message>
    <message>
        <source>{bone} does not hang on {other}.</source>
        <translation>{bone} hängt nicht an {other}.</translation>
    </message>
</context>
<context>
    <name>MotionPanel</name>
    <message>
        <source>Motion in detail</source>
        <translation>Bewegung im Einzelnen</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Calm sudden turns</source>
        <translation>Plötzliche Drehungen glätten</translation>
    </message>
    <message>
        <source>No bone turns faster than a body can: a turn that does is spread over its neighbours.</source>
        <translation>Kein Knochen dreht sich schneller, als ein Körper kann: eine solche Drehung wird auf ihre Nachbarn verteilt.</translation>
    </message>
    <message>
        <source>Estimated</source>
        <translation>Geschätzt</translation>
    </message>
    <message>
        <source>Fill gaps up to</source>
        <translation>Lücken füllen bis</translation>
    </message>
    <message>
        <source>Frames in which the person was lost for a moment are filled in. Longer absences stay empty.</source>
        <translation>Bilder, in denen die Person kurz verloren ging, werden aufgefüllt. Längere Abwesenheiten bleiben leer.</translation>
    </message>
    <message>
        <source>Follow the picture</source>
        <translation>Dem Bild folgen</translation>
    </message>
    <message>
        <source>How far a joint that was well seen is drawn onto its place in the picture.</source>
        <translation>Wie weit ein gut gesehenes Gelenk an seine Stelle im Bild gezogen wird.</translation>
    </message>
    <message>
        <source>Measured on the person</source>
        <translation>An der Person gemessen</translation>
    </message>
    <message>
        <source>{what}, middle to middle. Left alone, it is estimated.</source>
        <translation>{what}, von Mitte zu Mitte. Ohne Angabe wird es geschätzt.</translation>
    </message>
</context>
<context>
    <name>NameField</name>
    <message>
        <source>Name of the person</source>
        <translation>Name der Person</translation>
    </message>
</context>
<context>
    <name>PeopleCommands</name>
    <message>
        <source>&amp;Undo {what}</source>
        <translation>&amp;Rückgängig: {what}</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo {what}</source>
        <translation>{what} &amp;wiederholen</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
</context>
<context>
    <name>PeopleList</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>Gesehen</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>People of the take</source>
        <translation>Personen der Aufnahme</translation>
    </message>
    <message>
        <source>Double click to rename; right click to split, merge, exchange left and right, or delete</source>
        <translation>Doppelklick zum Umbenennen; Rechtsklick zum Teilen, Zusammenführen, Vertauschen von links und rechts oder Löschen</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>Rename {name}…</source>
        <translation>{name} umbenennen…</translation>
    </message>
    <message>
        <source>Split here: another person from this frame on</source>
        <translation>Hier teilen: ab diesem Bild eine andere Person</translation>
    </message>
    <message>
        <source>Merge with</source>
        <translation>Zusammenführen mit</translation>
    </message>
    <message>
        <source>Exchange left and right</source>
        <translation>Links und rechts vertauschen</translation>
    </message>
    <message>
        <source>Delete {name}</source>
        <translation>{name} löschen</translation>
    </message>
    <message>
        <source>Undo {what}</source>
        <translation>Rückgängig: {what}</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
</context>
<context>
    <name>PersonLanes</name>
    <message>
        <source>People over time</source>
        <translation>Personen im Zeitverlauf</translation>
    </message>
    <message>
        <source>Double-click to rename</source>
        <translation>Doppelklick zum Umbenennen</translation>
    </message>
    <message>
        <source>Click to choose; double-click to rename</source>
        <translation>Klick zum Wählen; Doppelklick zum Umbenennen</translation>
    </message>
    <message>
        <source>{name}
Not in 3D yet. {done}</source>
        <translation>{name}
Noch nicht in 3D. {done}</translation>
    </message>
</context>
<context>
    <name>PlaybackCommands</name>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>&amp;Wiedergeben</translation>
    </message>
</context>
<context>
    <name>Presenter</name>
    <message>
        <source>The video is not there any more.</source>
        <translation>Das Video ist nicht mehr da.</translation>
    </message>
    <message>
        <source>The skeleton appears here
as soon as the first frames are lifted</source>
        <translation>Das Skelett erscheint hier,
sobald die ersten Bilder geliftet sind</translation>
    </message>
    <message>
        <source>Press Run to lift this video to 3D</source>
        <translation>Auf Starten klicken, um dieses Video in 3D zu liften</translation>
    </message>
    <message>
        <source>being finished…</source>
        <translation>wird abgeschlossen…</translation>
    </message>
</context>
<context>
    <name>PruningCommands</name>
    <message>
        <source>appears after a run</source>
        <translation>erscheint nach einem Lauf</translation>
    </message>
    <message>
        <source>lifting…</source>
        <translation>wird geliftet…</translation>
    </message>
    <message>
        <source>not lifted</source>
        <translation>nicht geliftet</translation>
    </message>
    <message>
        <source>Ghost</source>
        <translation>Geist</translation>
    </message>
    <message>
        <source>Ghost: {what}</source>
        <translation>Geist: {what}</translation>
    </message>
    <message>
        <source>Ghost: {title}, {what}</source>
        <translation>Geist: {title}, {what}</translation>
    </message>
</context>
<context>
    <name>PruningEditor</name>
    <message>
        <source>Lifter</source>
        <translation>Lifter</translation>
    </message>
    <message>
        <source>Lifts the same 2D joints.</source>
        <translation>Liftet dieselben 2D-Gelenke.</translation>
    </message>
    <message>
        <source>Frames kept</source>
        <translation>Behaltene Bilder</translation>
    </message>
    <message>
        <source>Fewer frames through the deep blocks: faster, a little less exact.</source>
        <translation>Weniger Bilder durch die tiefen Blöcke: schneller, ein wenig ungenauer.</translation>
    </message>
    <message>
        <source>Follows the motion</source>
        <translation>Folgt der Bewegung</translation>
    </message>
    <message>
        <source>How much fast movement gets more of the kept frames than standing still. 0 spreads them evenly.</source>
        <translation>Wie viel mehr der behaltenen Bilder schnelle Bewegung bekommt als Stillstand. 0 verteilt sie gleichmäßig.</translation>
    </message>
    <message>
        <source>Recovery</source>
        <translation>Rückgewinnung</translation>
    </message>
    <message>
        <source>How the dropped frames come back at the end.</source>
        <translation>Wie die weggelassenen Bilder am Ende zurückkommen.</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>Ablauf</translation>
    </message>
    <message>
        <source>Frames @ block: how many frames stay at the input of which block, counted from 0.</source>
        <translation>Bilder @ Block: wie viele Bilder am Eingang welches Blocks bleiben, von 0 gezählt.</translation>
    </message>
    <message>
        <source>Pruning</source>
        <translation>Pruning</translation>
    </message>
    <message>
        <source>Which frames are dropped inside the lifter.</source>
        <translation>Welche Bilder im Lifter weggelassen werden.</translation>
    </message>
    <message>
        <source>{kept} of {frames} frames</source>
        <translation>{kept} von {frames} Bildern</translation>
    </message>
    <message>
        <source>All {frames} frames</source>
        <translation>Alle {frames} Bilder</translation>
    </message>
    <message>
        <source>, about {percent:.0f} % less computation</source>
        <translation>, etwa {percent:.0f} % weniger Rechenaufwand</translation>
    </message>
    <message>
        <source>, nothing saved</source>
        <translation>, nichts gespart</translation>
    </message>
    <message>
        <source>{gflops:.3g} of {full_gflops:.3g} GFLOPs for a window of {frames} frames</source>
        <translation>{gflops:.3g} von {full_gflops:.3g} GFLOPs für ein Fenster von {frames} Bildern</translation>
    </message>
    <message>
        <source>This lifter has learned for how many frames it works.</source>
        <translation>Dieser Lifter hat gelernt, für wie viele Bilder er arbeitet.</translation>
    </message>
    <message>
        <source>This lifter was trained to recover with TRA.</source>
        <translation>Dieser Lifter wurde für die Rückgewinnung mit TRA trainiert.</translation>
    </message>
    <message>
        <source>This lifter has no learned tokens for TRA.</source>
        <translation>Dieser Lifter hat keine gelernten Tokens für TRA.</translation>
    </message>
    <message>
        <source>This lifter gives every frame: they must come back.</source>
        <translation>Dieser Lifter gibt jedes Bild aus: sie müssen zurückkommen.</translation>
    </message>
</context>
<context>
    <name>PruningPanel</name>
    <message>
        <source>Token pruning</source>
        <translation>Token-Pruning</translation>
    </message>
    <message>
        <source>Compare with another recipe</source>
        <translation>Mit anderem Rezept vergleichen</translation>
    </message>
    <message>
        <source>made for the centre frame</source>
        <translation>für das mittlere Bild gemacht</translation>
    </message>
    <message>
        <source>a pose for every frame</source>
        <translation>eine Pose für jedes Bild</translation>
    </message>
    <message>
        <source>{title}: {frames} frames, {depth} blocks, {gives}</source>
        <translation>{title}: {frames} Bilder, {depth} Blöcke, {gives}</translation>
    </message>
    <message>
        <source>Trained with {pruning}.</source>
        <translation>Trainiert mit {pruning}.</translation>
    </message>
</context>
<context>
    <name>PutOnCharacter</name>
    <message>
        <source>Put the take on a character</source>
        <translation>Die Aufnahme auf eine Figur übertragen</translation>
    </message>
    <message>
        <source>Characters ({patterns});;All files (*)</source>
        <translation>Figuren ({patterns});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Opening {name}…</source>
        <translation>{name} wird geöffnet…</translation>
    </message>
    <message>
        <source>Folder for the animated character</source>
        <translation>Ordner für die animierte Figur</translation>
    </message>
    <message>
        <source>Writing {name}…</source>
        <translation>{name} wird geschrieben…</translation>
    </message>
    <message>
        <source>Limbs within {degrees:.1f}°, held feet slide {slide:.1f} mm at most.</source>
        <translation>Gliedmaßen auf {degrees:.1f}° genau, gehaltene Füße rutschen höchstens {slide:.1f} mm.</translation>
    </message>
    <message>
        <source>Written: {names}.</source>
        <translation>Geschrieben: {names}.</translation>
    </message>
</context>
<context>
    <name>RangeFields</name>
    <message>
        <source>Start of the range</source>
        <translation>Anfang des Bereichs</translation>
    </message>
    <message>
        <source>End of the range</source>
        <translation>Ende des Bereichs</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>{count} of {total} frames</source>
        <translation>{count} von {total} Bildern</translation>
    </message>
</context>
<context>
    <name>Recovering</name>
    <message>
        <source>Unsaved changes are not kept for the case of a crash.</source>
        <translation>Nicht gespeicherte Änderungen werden für den Fall eines Absturzes nicht aufbewahrt.</translation>
    </message>
    <message>
        <source>Unsaved work</source>
        <translation>Nicht gespeicherte Arbeit</translation>
    </message>
    <message>
        <source>The program ended before {name} was saved.</source>
        <translation>Das Programm endete, bevor {name} gespeichert war.</translation>
    </message>
    <message>
        <source>It was kept as it was on {when}.</source>
        <translation>Es wurde im Stand vom {when} aufbewahrt.</translation>
    </message>
    <message>
        <source>Open it</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Discard it</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Ask again later</source>
        <translation>Später wieder fragen</translation>
    </message>
</context>
<context>
    <name>Remarks</name>
    <message>
        <source>; {count} more</source>
        <translation>; {count} weitere</translation>
    </message>
    <message>
        <source>Show the list</source>
        <translation>Liste zeigen</translation>
    </message>
</context>
<context>
    <name>RunPanel</name>
    <message>
        <source>Progress of the run</source>
        <translation>Fortschritt des Laufs</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop this run; what was found so far is kept for the next one  (Esc)</source>
        <translation>Diesen Lauf abbrechen; das bisher Gefundene bleibt für den nächsten erhalten  (Esc)</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>Vorbereitung…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>{done} of {total} frames</source>
        <translation>{done} von {total} Bildern</translation>
    </message>
    <message>
        <source>{rate} frames/s</source>
        <translation>{rate} Bilder/s</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>noch {time}</translation>
    </message>
</context>
<context>
    <name>SceneView</name>
    <message>
        <source>Skeleton</source>
        <translation>Skelett</translation>
    </message>
    <message>
        <source>The lifted people in 3D; menu View has the viewpoints</source>
        <translation>Die gelifteten Personen in 3D; das Menü Ansicht hat die Blickpunkte</translation>
    </message>
</context>
<context>
    <name>SettingsPanel</name>
    <message>
        <source>One person</source>
        <translation>Eine Person</translation>
    </message>
    <message>
        <source>Lift the person who is in the picture most, or the one you click on in the video.</source>
        <translation>Die Person liften, die am meisten im Bild ist, oder die im Video angeklickte.</translation>
    </message>
    <message>
        <source>Everyone in the picture</source>
        <translation>Alle Personen im Bild</translation>
    </message>
    <message>
        <source>Lift every person that was found. Takes longer with many people.</source>
        <translation>Jede gefundene Person liften. Dauert bei vielen länger.</translation>
    </message>
    <message>
        <source>Whose skeleton is followed and coloured. Person 1 is seen the longest.</source>
        <translation>Wessen Skelett verfolgt und gefärbt wird. Person 1 ist am längsten zu sehen.</translation>
    </message>
    <message>
        <source>Most visible</source>
        <translation>Am besten sichtbar</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>Körpergröße</translation>
    </message>
    <message>
        <source>Assumed</source>
        <translation>Angenommen</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Estimated</source>
        <translation>Geschätzt</translation>
    </message>
    <message>
        <source>As stored</source>
        <translation>Wie gespeichert</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Hands</source>
        <translation>Hände</translation>
    </message>
    <message>
        <source>Face</source>
        <translation>Gesicht</translation>
    </message>
    <message>
        <source>Back to the defaults</source>
        <translation>Auf Standard zurücksetzen</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>SUBJECT</source>
        <translation>PERSON</translation>
    </message>
    <message>
        <source>BODY</source>
        <translation>KÖRPER</translation>
    </message>
    <message>
        <source>How tall the person is. It sets the scale of everything: 10 % wrong here is 10 % wrong in metres. With several people it is the height of the one who is followed.</source>
        <translation>Wie groß die Person ist. Das bestimmt alle Maße: 10 % Fehler hier sind 10 % Fehler in Metern. Bei mehreren Personen gilt die Größe für die verfolgte.</translation>
    </message>
    <message>
        <source>CAMERA</source>
        <translation>KAMERA</translation>
    </message>
    <message>
        <source>Field of view</source>
        <translation>Bildwinkel</translation>
    </message>
    <message>
        <source>How wide the lens sees, horizontally. A phone&apos;s main camera has 60 to 70 degrees. Automatic reads it from the file or assumes 60 degrees across the longer side.</source>
        <translation>Wie weit das Objektiv waagerecht sieht. Die Hauptkamera eines Telefons hat 60 bis 70 Grad. Automatisch liest den Wert aus der Datei oder nimmt 60 Grad über die längere Seite an.</translation>
    </message>
    <message>
        <source>Tilt down</source>
        <translation>Neigung</translation>
    </message>
    <message>
        <source>How far the camera looks down. 0 is level; negative looks up. Left alone, it is estimated from how people stand. Set it if the skeleton leans towards or away from the camera.</source>
        <translation>Wie weit die Kamera nach unten blickt. 0 ist waagerecht; negativ blickt nach oben. Ohne Angabe wird es aus dem Stand der Personen geschätzt. Einstellen, wenn das Skelett zur Kamera hin oder von ihr weg kippt.</translation>
    </message>
    <message>
        <source>Roll</source>
        <translation>Rollwinkel</translation>
    </message>
    <message>
        <source>How far the camera is turned clockwise. Left alone, it is estimated, or 0 where the tilt is set. Both can be set with the horizon in the video.</source>
        <translation>Wie weit die Kamera im Uhrzeigersinn gedreht ist. Ohne Angabe wird es geschätzt, oder 0, wenn die Neigung gesetzt ist. Beides lässt sich am Horizont im Video einstellen.</translation>
    </message>
    <message>
        <source>Recorded at</source>
        <translation>Aufgenommen mit</translation>
    </message>
    <message>
        <source>For slow motion: the frames a second that the camera recorded, where the file does not state them. All times are then those of the motion; the video is lifted again.</source>
        <translation>Für Zeitlupe: wie viele Bilder je Sekunde die Kamera aufnahm, wenn die Datei es nicht angibt. Alle Zeiten sind dann die der Bewegung; das Video wird neu geliftet.</translation>
    </message>
    <message>
        <source>MOTION</source>
        <translation>BEWEGUNG</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Movements faster than this are smoothed away. {usual:g} Hz suits most; choose more for fast sports, 0 for none.</source>
        <translation>Schnellere Bewegungen werden weggeglättet. {usual:g} Hz passt meist; für schnellen Sport mehr, 0 für keine.</translation>
    </message>
    <message>
        <source>MODELS</source>
        <translation>MODELLE</translation>
    </message>
    <message>
        <source>2D detector</source>
        <translation>2D-Detektor</translation>
    </message>
    <message>
        <source>Finds people and their joints in every picture.</source>
        <translation>Findet Personen und ihre Gelenke in jedem Bild.</translation>
    </message>
    <message>
        <source>3D lifter</source>
        <translation>3D-Lifter</translation>
    </message>
    <message>
        <source>Turns the joints&apos; movement into 3D.</source>
        <translation>Macht aus der Bewegung der Gelenke 3D.</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>Rechnen auf</translation>
    </message>
    <message>
        <source>Automatic takes a supported GPU if there is one, else the processor.</source>
        <translation>Automatisch nimmt eine unterstützte GPU, falls vorhanden, sonst den Prozessor.</translation>
    </message>
    <message>
        <source>Look for both hands and their fingers, too. A run then takes about {more:g} times as long. Hands smaller than {smallest_px:g} pixels are not found. Takes effect with the next run.</source>
        <translation>Auch beide Hände und ihre Finger suchen. Ein Lauf dauert dann etwa {more:g}-mal so lange. Hände, die kleiner als {smallest_px:g} Pixel sind, werden nicht gefunden. Wirkt ab dem nächsten Lauf.</translation>
    </message>
    <message>
        <source>Look for faces and their expressions, too: blinks, gaze, mouth and brows, for characters and exports. Faces smaller than {smallest_px:g} pixels are not found. Takes effect with the next run.</source>
        <translation>Auch Gesichter und ihren Ausdruck suchen: Lidschlag, Blick, Mund und Brauen, für Figuren und Exporte. Gesichter, die kleiner als {smallest_px:g} Pixel sind, werden nicht gefunden. Wirkt ab dem nächsten Lauf.</translation>
    </message>
    <message>
        <source>Height of {name}</source>
        <translation>Größe von {name}</translation>
    </message>
    <message>
        <source> · {percent:.0f} % of the time</source>
        <translation> · {percent:.0f} % der Zeit</translation>
    </message>
</context>
<context>
    <name>TakeBodies</name>
    <message>
        <source>&amp;Body</source>
        <translation>&amp;Körper</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>{now} of {duration}</source>
        <translation>{now} von {duration}</translation>
    </message>
    <message>
        <source>, from {start} to {end}</source>
        <translation>, von {start} bis {end}</translation>
    </message>
    <message>
        <source>Drag to cut the start (I)</source>
        <translation>Ziehen, um den Anfang abzuschneiden (I)</translation>
    </message>
    <message>
        <source>Drag to cut the end (O)</source>
        <translation>Ziehen, um das Ende abzuschneiden (O)</translation>
    </message>
</context>
<context>
    <name>TokenStrip</name>
    <message>
        <source>Frames kept by each stage of the lifter</source>
        <translation>Von jeder Stufe des Lifters behaltene Bilder</translation>
    </message>
    <message>
        <source>Stage {stage} (block {block}): kept {kept} of {total} frames</source>
        <translation>Stufe {stage} (Block {block}): {kept} von {total} Bildern behalten</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>Playback speed</source>
        <translation>Wiedergabegeschwindigkeit</translation>
    </message>
    <message>
        <source>frame {frame} of {count}</source>
        <translation>Bild {frame} von {count}</translation>
    </message>
    <message>
        <source>frame {frame}</source>
        <translation>Bild {frame}</translation>
    </message>
</context>
<context>
    <name>VideoView</name>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>The frame with the detected joints; a click on a person chooses them</source>
        <translation>Das Bild mit den erkannten Gelenken; ein Klick auf eine Person wählt sie</translation>
    </message>
    <message>
        <source>Drag to set the camera&apos;s tilt; double click for the estimate</source>
        <translation>Ziehen, um die Neigung der Kamera einzustellen; Doppelklick für die Schätzung</translation>
    </message>
    <message>
        <source>Drag to set the camera&apos;s roll</source>
        <translation>Ziehen, um den Rollwinkel der Kamera einzustellen</translation>
    </message>
    <message>
        <source>{name}: click to choose them</source>
        <translation>{name}: klicken, um diese Person zu wählen</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>S&amp;peed</source>
        <translation>&amp;Geschwindigkeit</translation>
    </message>
    <message>
        <source>&amp;Merge with</source>
        <translation>Zusammenführen &amp;mit</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farbschema</translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation>&amp;Wie das System</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>The language changes when Hourglass is started the next time.</source>
        <translation>Die Sprache wechselt beim nächsten Start von Hourglass.</translation>
    </message>
    <message>
        <source>Correct it under Token pruning in the settings.</source>
        <translation>In den Einstellungen unter Token-Pruning berichtigen.</translation>
    </message>
    <message>
        <source>Recorded: {name}.</source>
        <translation>Aufgezeichnet: {name}.</translation>
    </message>
    <message>
        <source>In {parent}. The camera goes on; opening ends the live run.</source>
        <translation>In {parent}. Die Kamera läuft weiter; Öffnen beendet den Live-Lauf.</translation>
    </message>
    <message>
        <source>Open the recording</source>
        <translation>Aufzeichnung öffnen</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Run</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>Skeleton</source>
        <translation>Skelett</translation>
    </message>
    <message>
        <source>{width_px} × {height_px}  ·  {fps_hz:.4g} fps  ·  {duration_s:.1f} s</source>
        <translation>{width_px} × {height_px}  ·  {fps_hz:.4g} fps  ·  {duration_s:.1f} s</translation>
    </message>
    <message>
        <source>  ·  variable rate</source>
        <translation>  ·  veränderliche Bildrate</translation>
    </message>
</context>
<context>
    <name>bone_words</name>
    <message>
        <source>Trunk and head</source>
        <translation>Rumpf und Kopf</translation>
    </message>
    <message>
        <source>{part} (left)</source>
        <translation>{part} (links)</translation>
    </message>
    <message>
        <source>{part} (right)</source>
        <translation>{part} (rechts)</translation>
    </message>
</context>
<context>
    <name>checkpoints</name>
    <message>
        <source>Attention heads</source>
        <translation>Attention-Köpfe</translation>
    </message>
    <message>
        <source>The shapes do not tell. The published value is filled in.</source>
        <translation>Aus den Größen nicht ablesbar. Der veröffentlichte Wert ist eingetragen.</translation>
    </message>
    <message>
        <source>Graph neighbours</source>
        <translation>Nachbarn im Graphen</translation>
    </message>
    <message>
        <source>Of the temporal graph: 2 in MotionAGFormer&apos;s own files, 4 in HoT&apos;s.</source>
        <translation>Des zeitlichen Graphen: 2 in den Dateien von MotionAGFormer, 4 in denen von HoT.</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>Prunes by</source>
        <translation>Pruning durch</translation>
    </message>
    <message>
        <source>How the training of this checkpoint dropped frames, if it did.</source>
        <translation>Wie im Training dieses Checkpoints Bilder weggelassen wurden, falls überhaupt.</translation>
    </message>
    <message>
        <source>Frames @ block</source>
        <translation>Bilder @ Block</translation>
    </message>
    <message>
        <source>How many frames stay at the input of which block.</source>
        <translation>Wie viele Bilder am Eingang welches Blocks bleiben.</translation>
    </message>
    <message>
        <source>Recovers by</source>
        <translation>Rückgewinnung durch</translation>
    </message>
    <message>
        <source>For every frame</source>
        <translation>Für jedes Bild</translation>
    </message>
    <message>
        <source>For the centre frame</source>
        <translation>Für das mittlere Bild</translation>
    </message>
    <message>
        <source>Gives a pose</source>
        <translation>Gibt eine Pose</translation>
    </message>
    <message>
        <source>Models for the centre frame keep it in every selection.</source>
        <translation>Modelle für das mittlere Bild behalten es in jeder Auswahl.</translation>
    </message>
    <message>
        <source>2D joints</source>
        <translation>2D-Gelenke</translation>
    </message>
    <message>
        <source>Which joints it was trained to see. With the wrong rule the body leans.</source>
        <translation>Mit welchen Gelenken er trainiert wurde. Mit der falschen Regel kippt der Körper.</translation>
    </message>
</context>
<context>
    <name>findings_list</name>
    <message>
        <source>Turn the video upright (roll {other}°)</source>
        <translation>Das Video aufrichten (Rollwinkel {other}°)</translation>
    </message>
    <message>
        <source>Merge with {name}</source>
        <translation>Mit {name} zusammenführen</translation>
    </message>
    <message>
        <source>{finding} as {name}</source>
        <translation>{finding} wie {name}</translation>
    </message>
</context>
<context>
    <name>help</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Keyboard and mouse</source>
        <translation>Tastatur und Maus</translation>
    </message>
    <message>
        <source>About Hourglass</source>
        <translation>Über Hourglass</translation>
    </message>
    <message>
        <source>One ordinary camera in, a 3D skeleton out.

People are found in 2D by MediaPipe BlazePose, then a video pose transformer (MixSTE, sped up by H2OT token pruning) lifts their movement to 3D. Scale, camera and floor are estimates, not measurements.

MIT licence. The licences of the parts it is built on are in THIRD_PARTY.md.</source>
        <translation>Eine gewöhnliche Kamera hinein, ein 3D-Skelett heraus.

Personen werden in 2D mit MediaPipe BlazePose gefunden, dann liftet ein Video-Posen-Transformer (MixSTE, durch H2OT-Token-Pruning beschleunigt) ihre Bewegung in 3D. Maßstab, Kamera und Boden sind Schätzungen, keine Messungen.

MIT-Lizenz. Die Lizenzen der verwendeten Teile stehen in THIRD_PARTY.md.</translation>
    </message>
</context>
<context>
    <name>progress_meter</name>
    <message>
        <source>{minutes} min {seconds:02d} s</source>
        <translation>{minutes} min {seconds:02d} s</translation>
    </message>
    <message>
        <source>{hours} h {minutes:02d} min</source>
        <translation>{hours} h {minutes:02d} min</translation>
    </message>
</context>
<context>
    <name>pruning_settings</name>
    <message>
        <source>, then </source>
        <translation>, dann </translation>
    </message>
    <message>
        <source>only {kept} frames can stay, chosen by TPC</source>
        <translation>nur {kept} Bilder können bleiben, gewählt durch TPC</translation>
    </message>
    <message>
        <source>it was not trained for TPC with TRA</source>
        <translation>er wurde nicht für TPC mit TRA trainiert</translation>
    </message>
    <message>
        <source>This lifter cannot do that: {what}.</source>
        <translation>Dieser Lifter kann das nicht: {what}.</translation>
    </message>
    <message>
        <source>a recipe that does not fit</source>
        <translation>ein Rezept, das nicht passt</translation>
    </message>
</context>
<context>
    <name>settings_panel</name>
    <message>
        <source>field of view {fov_deg:.0f}°</source>
        <translation>Bildwinkel {fov_deg:.0f}°</translation>
    </message>
    <message>
        <source>tilt {pitch_deg}°</source>
        <translation>Neigung {pitch_deg}°</translation>
    </message>
    <message>
        <source>roll {roll_deg}°</source>
        <translation>Rollwinkel {roll_deg}°</translation>
    </message>
    <message>
        <source>height</source>
        <translation>Körpergröße</translation>
    </message>
    <message>
        <source>Estimates, not measurements: {values}.</source>
        <translation>Schätzungen, keine Messungen: {values}.</translation>
    </message>
    <message>
        <source>Face found in {percent:.0f} % of the frames.</source>
        <translation>Gesicht in {percent:.0f} % der Bilder gefunden.</translation>
    </message>
</context>
<context>
    <name>take_rows</name>
    <message>
        <source>Person {number}</source>
        <translation>Person {number}</translation>
    </message>
</context>
<context>
    <name>wording</name>
    <message>
        <source>In a terminal, {script} --reinstall puts all packages back.</source>
        <translation>Im Terminal setzt {script} --reinstall alle Pakete neu auf.</translation>
    </message>
    <message>
        <source>The list of models has a Download button for {name}.</source>
        <translation>Die Liste der Modelle hat einen Knopf zum Herunterladen von {name}.</translation>
    </message>
    <message>
        <source>In the window: {controls}.</source>
        <translation>Im Fenster: {controls}.</translation>
    </message>
</context>
</TS>
