<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Open a video, 2D joints or a saved take</source>
        <translation>打开视频、2D 关节点或已保存的片段</translation>
    </message>
    <message>
        <source>Open a &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Numbered images, videos or 2D joints</source>
        <translation>编号图像、视频或 2D 关节点</translation>
    </message>
    <message>
        <source>Open the &amp;sample video</source>
        <translation>打开示例视频(&amp;S)</translation>
    </message>
    <message>
        <source>Two people, one of them jumps</source>
        <translation>两个人，其中一人跳跃</translation>
    </message>
    <message>
        <source>Open &amp;camera or stream…</source>
        <translation>打开摄像头或网络流(&amp;C)…</translation>
    </message>
    <message>
        <source>A webcam or a network stream</source>
        <translation>网络摄像头或网络流</translation>
    </message>
    <message>
        <source>Open a re&amp;cording…</source>
        <translation>打开录制(&amp;C)…</translation>
    </message>
    <message>
        <source>Also one that was interrupted</source>
        <translation>也可打开被中断的录制</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>录制(&amp;R)</translation>
    </message>
    <message>
        <source>Record the live run, and lift it again afterwards</source>
        <translation>录制实时画面，之后再次提升</translation>
    </message>
    <message>
        <source>S&amp;top live</source>
        <translation>停止实时(&amp;T)</translation>
    </message>
    <message>
        <source>End the live run</source>
        <translation>结束实时运行</translation>
    </message>
    <message>
        <source>&amp;Mirror the camera&apos;s picture</source>
        <translation>镜像摄像头画面(&amp;M)</translation>
    </message>
    <message>
        <source>Only the picture: 3D stays as it is</source>
        <translation>仅画面：3D 保持不变</translation>
    </message>
    <message>
        <source>&amp;Save take</source>
        <translation>保存片段(&amp;S)</translation>
    </message>
    <message>
        <source>Save everything that was found as one .pose3d file</source>
        <translation>将所有结果保存为一个 .pose3d 文件</translation>
    </message>
    <message>
        <source>Save take &amp;as…</source>
        <translation>片段另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>Save to another .pose3d file</source>
        <translation>保存到另一个 .pose3d 文件</translation>
    </message>
    <message>
        <source>Put on a &amp;character…</source>
        <translation>应用到角色(&amp;C)…</translation>
    </message>
    <message>
        <source>Move your own VRM, glTF, FBX or BVH by this take</source>
        <translation>用此录制驱动您自己的 VRM、glTF、FBX 或 BVH</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>Export to BVH, CSV and more</source>
        <translation>导出为 BVH、CSV 等格式</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>Find the people and lift them to 3D</source>
        <translation>检测人物并提升到 3D</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消(&amp;C)</translation>
    </message>
    <message>
        <source>Stop the run, or dismiss the message</source>
        <translation>停止运行，或关闭消息</translation>
    </message>
    <message>
        <source>Lift &amp;everyone</source>
        <translation>提升所有人(&amp;E)</translation>
    </message>
    <message>
        <source>Lift everybody in the picture, not only one person</source>
        <translation>提升画面中的所有人，而不只一个人</translation>
    </message>
    <message>
        <source>Next &amp;person</source>
        <translation>下一个人物(&amp;P)</translation>
    </message>
    <message>
        <source>Follow the next person</source>
        <translation>跟随下一个人物</translation>
    </message>
    <message>
        <source>&amp;Compare recipes</source>
        <translation>比较方案(&amp;C)</translation>
    </message>
    <message>
        <source>Lift the same 2D with a second recipe and show it as a ghost</source>
        <translation>用另一方案提升同样的 2D 并显示为虚影</translation>
    </message>
    <message>
        <source>Li&amp;fters…</source>
        <translation>提升器(&amp;F)…</translation>
    </message>
    <message>
        <source>Which lifters there are; add a checkpoint file</source>
        <translation>查看提升器；添加检查点文件</translation>
    </message>
    <message>
        <source>2D &amp;detectors…</source>
        <translation>2D 检测器(&amp;D)…</translation>
    </message>
    <message>
        <source>Which 2D detectors there are; get their weights</source>
        <translation>查看 2D 检测器；获取其权重</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>播放(&amp;P)</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>播放或暂停</translation>
    </message>
    <message>
        <source>One frame &amp;back</source>
        <translation>后退一帧(&amp;B)</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>后退一帧</translation>
    </message>
    <message>
        <source>One frame &amp;forward</source>
        <translation>前进一帧(&amp;F)</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>前进一帧</translation>
    </message>
    <message>
        <source>Ten frames back</source>
        <translation>后退十帧</translation>
    </message>
    <message>
        <source>Ten frames forward</source>
        <translation>前进十帧</translation>
    </message>
    <message>
        <source>To the &amp;start</source>
        <translation>到开头(&amp;S)</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>到开头</translation>
    </message>
    <message>
        <source>To the &amp;end</source>
        <translation>到结尾(&amp;E)</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>到结尾</translation>
    </message>
    <message>
        <source>&amp;Slower</source>
        <translation>减速(&amp;S)</translation>
    </message>
    <message>
        <source>Fas&amp;ter</source>
        <translation>加速(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Loop</source>
        <translation>循环(&amp;L)</translation>
    </message>
    <message>
        <source>Start again at the end</source>
        <translation>到结尾后从头播放</translation>
    </message>
    <message>
        <source>Start &amp;here</source>
        <translation>从此处开始(&amp;H)</translation>
    </message>
    <message>
        <source>Cut everything before this frame</source>
        <translation>剪去此帧之前的内容</translation>
    </message>
    <message>
        <source>End h&amp;ere</source>
        <translation>到此处结束(&amp;E)</translation>
    </message>
    <message>
        <source>Cut everything after this frame</source>
        <translation>剪去此帧之后的内容</translation>
    </message>
    <message>
        <source>Use the &amp;whole video</source>
        <translation>使用整个视频(&amp;W)</translation>
    </message>
    <message>
        <source>Undo the cuts</source>
        <translation>撤销剪切</translation>
    </message>
    <message>
        <source>2D &amp;joints over the video</source>
        <translation>在视频上显示 2D 关节点(&amp;J)</translation>
    </message>
    <message>
        <source>Show the detected joints</source>
        <translation>显示检测到的关节点</translation>
    </message>
    <message>
        <source>&amp;Other people</source>
        <translation>其他人物(&amp;O)</translation>
    </message>
    <message>
        <source>Show the other people&apos;s joints too</source>
        <translation>同时显示其他人物的关节点</translation>
    </message>
    <message>
        <source>Ha&amp;nds</source>
        <translation>手部(&amp;N)</translation>
    </message>
    <message>
        <source>Show hands over the video and in 3D</source>
        <translation>在视频和 3D 中显示手部</translation>
    </message>
    <message>
        <source>Fa&amp;ce</source>
        <translation>面部(&amp;C)</translation>
    </message>
    <message>
        <source>Show faces over the video and their expressions in 3D</source>
        <translation>在视频上显示面部，在 3D 中显示表情</translation>
    </message>
    <message>
        <source>&amp;Error halos</source>
        <translation>误差光晕(&amp;E)</translation>
    </message>
    <message>
        <source>Show around every joint how far off it may be: nine of ten true joints lie in their halo</source>
        <translation>在每个关节周围显示其可能的偏差：十次中有九次真实关节位于光晕内</translation>
    </message>
    <message>
        <source>&amp;Follow the person</source>
        <translation>跟随人物(&amp;F)</translation>
    </message>
    <message>
        <source>Keep the person in the middle</source>
        <translation>使人物保持在中央</translation>
    </message>
    <message>
        <source>F&amp;loor</source>
        <translation>地面(&amp;L)</translation>
    </message>
    <message>
        <source>Show the floor</source>
        <translation>显示地面</translation>
    </message>
    <message>
        <source>F&amp;ront</source>
        <translation>正面(&amp;R)</translation>
    </message>
    <message>
        <source>From the front</source>
        <translation>从正面</translation>
    </message>
    <message>
        <source>&amp;Side</source>
        <translation>侧面(&amp;S)</translation>
    </message>
    <message>
        <source>From the side</source>
        <translation>从侧面</translation>
    </message>
    <message>
        <source>&amp;Top</source>
        <translation>顶部(&amp;T)</translation>
    </message>
    <message>
        <source>From above</source>
        <translation>从上方</translation>
    </message>
    <message>
        <source>As the &amp;camera saw it</source>
        <translation>摄像机视角(&amp;C)</translation>
    </message>
    <message>
        <source>As the camera saw it</source>
        <translation>摄像机视角</translation>
    </message>
    <message>
        <source>&amp;Reset the view</source>
        <translation>重置视图(&amp;R)</translation>
    </message>
    <message>
        <source>Back to the three-quarter view (or double-click)</source>
        <translation>回到四分之三视角（或双击）</translation>
    </message>
    <message>
        <source>Frame &amp;all</source>
        <translation>显示全部(&amp;A)</translation>
    </message>
    <message>
        <source>Show everybody over the whole take</source>
        <translation>显示整个片段中的所有人</translation>
    </message>
    <message>
        <source>Frame the &amp;person</source>
        <translation>显示该人物(&amp;P)</translation>
    </message>
    <message>
        <source>Show this person over the whole take</source>
        <translation>显示该人物在整个片段中的运动</translation>
    </message>
    <message>
        <source>&amp;Curves, people, findings</source>
        <translation>曲线、人物、检查结果(&amp;C)</translation>
    </message>
    <message>
        <source>Curves, people and findings</source>
        <translation>曲线、人物和检查结果</translation>
    </message>
    <message>
        <source>&amp;Horizon</source>
        <translation>地平线(&amp;H)</translation>
    </message>
    <message>
        <source>Show the horizon: drag it to set the camera&apos;s tilt and roll</source>
        <translation>显示地平线：拖动以设置摄像机的俯仰和滚转</translation>
    </message>
    <message>
        <source>&amp;Correct joints</source>
        <translation>修正关节(&amp;C)</translation>
    </message>
    <message>
        <source>Drag the person&apos;s 2D joints to where they are</source>
        <translation>将人物的二维关节拖到正确的位置</translation>
    </message>
    <message>
        <source>Ne&amp;xt doubtful place</source>
        <translation>下一处可疑位置(&amp;X)</translation>
    </message>
    <message>
        <source>Go to the next place where the person&apos;s joints may be wrong</source>
        <translation>转到人物关节可能有误的下一处</translation>
    </message>
    <message>
        <source>Pre&amp;vious doubtful place</source>
        <translation>上一处可疑位置(&amp;V)</translation>
    </message>
    <message>
        <source>Go back to the place before where the person&apos;s joints may be wrong</source>
        <translation>返回人物关节可能有误的上一处</translation>
    </message>
    <message>
        <source>Re&amp;name this person…</source>
        <translation>重命名该人物(&amp;N)…</translation>
    </message>
    <message>
        <source>S&amp;plit this person here</source>
        <translation>在此处拆分该人物(&amp;P)</translation>
    </message>
    <message>
        <source>Another person from this frame on</source>
        <translation>从此帧起为另一个人</translation>
    </message>
    <message>
        <source>E&amp;xchange left and right</source>
        <translation>交换左右(&amp;X)</translation>
    </message>
    <message>
        <source>Correct a detector that swapped left and right: the person is lifted again</source>
        <translation>纠正检测器混淆左右的错误：该人物将重新提升</translation>
    </message>
    <message>
        <source>&amp;Delete this person</source>
        <translation>删除该人物(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>Undo the last change to the people</source>
        <translation>撤销对人物的上一次更改</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Make the change again that was undone last</source>
        <translation>再次执行最近撤销的更改</translation>
    </message>
    <message>
        <source>Se&amp;ttings</source>
        <translation>设置(&amp;T)</translation>
    </message>
    <message>
        <source>Show or hide the settings</source>
        <translation>显示或隐藏设置</translation>
    </message>
    <message>
        <source>&amp;Keyboard and mouse</source>
        <translation>键盘与鼠标(&amp;K)</translation>
    </message>
    <message>
        <source>Show the &amp;log file</source>
        <translation>显示日志文件(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;About Hourglass</source>
        <translation>关于 Hourglass(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Live</source>
        <translation>实时(&amp;L)</translation>
    </message>
    <message>
        <source>P&amp;eople</source>
        <translation>人物(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>播放(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Open a video first.</source>
        <translation>请先打开视频。</translation>
    </message>
    <message>
        <source>Stop the live run first.</source>
        <translation>请先停止实时运行。</translation>
    </message>
    <message>
        <source>Only during a live run.</source>
        <translation>仅在实时运行时可用。</translation>
    </message>
    <message>
        <source>Wait for the end of the run, or cancel it.</source>
        <translation>请等待运行结束，或取消运行。</translation>
    </message>
    <message>
        <source>Press Run first: there is no skeleton yet.</source>
        <translation>请先点击“运行”：还没有骨架。</translation>
    </message>
    <message>
        <source>The video is not where it was, and a run needs it.</source>
        <translation>视频不在原来的位置，而运行需要它。</translation>
    </message>
    <message>
        <source>There is only one person.</source>
        <translation>只有一个人物。</translation>
    </message>
    <message>
        <source>No change to the people can be undone.</source>
        <translation>没有可撤销的人物更改。</translation>
    </message>
    <message>
        <source>Nothing was undone.</source>
        <translation>没有撤销任何更改。</translation>
    </message>
    <message>
        <source>Nothing is running.</source>
        <translation>没有正在运行的任务。</translation>
    </message>
    <message>
        <source>Human3.6M (official checkpoints)</source>
        <translation>Human3.6M（官方检查点）</translation>
    </message>
    <message>
        <source>Hourglass (trained with this program)</source>
        <translation>Hourglass（由本程序训练）</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>身高</translation>
    </message>
    <message>
        <source>Field of view</source>
        <translation>视场角</translation>
    </message>
    <message>
        <source>Tilt down</source>
        <translation>向下俯仰</translation>
    </message>
    <message>
        <source>Roll</source>
        <translation>滚转</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>2D detector</source>
        <translation>2D 检测器</translation>
    </message>
    <message>
        <source>3D lifter</source>
        <translation>3D 提升器</translation>
    </message>
    <message>
        <source>Recorded at</source>
        <translation>拍摄帧率</translation>
    </message>
    <message>
        <source>Turning camera</source>
        <translation>转动的摄像机</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>计算设备</translation>
    </message>
    <message>
        <source>Token pruning</source>
        <translation>令牌剪枝</translation>
    </message>
    <message>
        <source>People at most</source>
        <translation>最多人数</translation>
    </message>
    <message>
        <source>Look-ahead</source>
        <translation>前瞻</translation>
    </message>
    <message>
        <source>Turn the 3D view</source>
        <translation>旋转 3D 视图</translation>
    </message>
    <message>
        <source>Move the 3D view</source>
        <translation>平移 3D 视图</translation>
    </message>
    <message>
        <source>Shift + drag, or right drag</source>
        <translation>Shift + 拖动，或右键拖动</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Reset the 3D view</source>
        <translation>重置 3D 视图</translation>
    </message>
    <message>
        <source>Choose a person</source>
        <translation>选择人物</translation>
    </message>
    <message>
        <source>click on them in the video</source>
        <translation>在视频中点击人物</translation>
    </message>
    <message>
        <source>Choose a person in the timeline</source>
        <translation>在时间轴上选择人物</translation>
    </message>
    <message>
        <source>click on their lane</source>
        <translation>点击其轨道</translation>
    </message>
    <message>
        <source>Rename a person</source>
        <translation>重命名人物</translation>
    </message>
    <message>
        <source>double-click on their lane or in the list of people</source>
        <translation>双击其轨道或人物列表中的名称</translation>
    </message>
    <message>
        <source>Rename, split, merge, exchange sides</source>
        <translation>重命名、拆分、合并、交换左右</translation>
    </message>
    <message>
        <source>right click on a lane or in the list of people</source>
        <translation>右键点击轨道或人物列表</translation>
    </message>
    <message>
        <source>Zoom the curves</source>
        <translation>缩放曲线</translation>
    </message>
    <message>
        <source>wheel; double-click for all</source>
        <translation>滚轮；双击显示全部</translation>
    </message>
    <message>
        <source>Tilt and roll</source>
        <translation>俯仰和滚转</translation>
    </message>
    <message>
        <source>drag the horizon; double-click for the estimate</source>
        <translation>拖动地平线；双击恢复估计值</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>准备中</translation>
    </message>
    <message>
        <source>Finding people</source>
        <translation>正在检测人物</translation>
    </message>
    <message>
        <source>Lifting to 3D</source>
        <translation>正在提升到 3D</translation>
    </message>
    <message>
        <source>Finishing</source>
        <translation>正在完成</translation>
    </message>
    <message>
        <source>name of person {}</source>
        <translation>人物 {} 的名称</translation>
    </message>
    <message>
        <source>deleting person {}</source>
        <translation>删除人物 {}</translation>
    </message>
    <message>
        <source>merging {1} into {0}</source>
        <translation>将 {1} 合并到 {0}</translation>
    </message>
    <message>
        <source>splitting person {}</source>
        <translation>拆分人物 {}</translation>
    </message>
    <message>
        <source>correction of person {}</source>
        <translation>人物 {} 的修正</translation>
    </message>
    <message>
        <source>exchanging sides of person {}</source>
        <translation>交换人物 {} 的左右</translation>
    </message>
    <message>
        <source>Mean over the joints, both pelvises on the same place: the difference of the two poses, not an error.</source>
        <translation>骨盆对齐后各关节的平均值：两个姿态之间的差异，而非误差。</translation>
    </message>
    <message>
        <source>mmpose::body_2d_keypoint/…/name.py, or the path of a config file</source>
        <translation>mmpose::body_2d_keypoint/…/name.py，或配置文件的路径</translation>
    </message>
    <message>
        <source>Your own network of MMPose: say its config here, then choose its checkpoint file.</source>
        <translation>您自己的 MMPose 网络：在此填写配置，然后选择检查点文件。</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>Lifter</source>
        <translation>提升器</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>帧数</translation>
    </message>
    <message>
        <source>Trained pruning</source>
        <translation>训练时的剪枝</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Drop a checkpoint file here to add it: {suffixes}</source>
        <translation>将检查点文件拖到此处以添加：{suffixes}</translation>
    </message>
    <message>
        <source>No camera found. Plug one in and look again, or give an address or a file.</source>
        <translation>未找到摄像头。请连接后重新查找，或输入地址或文件。</translation>
    </message>
    <message>
        <source>Camera, or rtsp://…, http://…, udp://…, or a video file</source>
        <translation>摄像头、rtsp://…、http://…、udp://… 或视频文件</translation>
    </message>
    <message>
        <source>Find expressions of faces, too, and send them to other programs and avatars.</source>
        <translation>同时检测面部表情，并发送给其他程序和虚拟形象。</translation>
    </message>
    <message>
        <source>Not seen</source>
        <translation>未检测到</translation>
    </message>
    <message>
        <source>Sides exchanged</source>
        <translation>左右互换</translation>
    </message>
    <message>
        <source>Sides may be exchanged throughout</source>
        <translation>可能全程左右互换</translation>
    </message>
    <message>
        <source>Knee or elbow bent backward</source>
        <translation>膝或肘反向弯曲</translation>
    </message>
    <message>
        <source>Sudden turn</source>
        <translation>突然转动</translation>
    </message>
    <message>
        <source>Possibly the same person</source>
        <translation>可能是同一个人</translation>
    </message>
    <message>
        <source>Camera upside down or on its side</source>
        <translation>摄像机上下颠倒或侧放</translation>
    </message>
    <message>
        <source>Uncertain</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>filled in</source>
        <translation>已补全</translation>
    </message>
    <message>
        <source>smoothed</source>
        <translation>已平滑</translation>
    </message>
    <message>
        <source>repaired</source>
        <translation>已修复</translation>
    </message>
    <message>
        <source>please check</source>
        <translation>请检查</translation>
    </message>
    <message>
        <source>Nothing to report: gaps, exchanged sides, backward joints and sudden turns would be listed here.</source>
        <translation>没有需要报告的内容：缺口、左右互换、关节反向弯曲和突然转动会列在这里。</translation>
    </message>
    <message>
        <source>Later frames make a skeleton surer: it is then so much older than the picture. This delay is chosen; the latency on the left is what the machine takes.</source>
        <translation>后续帧能使骨架更可靠，但骨架会比画面晚相应的时间。此延迟由您选择；左侧的延迟是机器的处理时间。</translation>
    </message>
    <message>
        <source>Other programs move with the person: vmc://HOST:PORT for avatars, vrchat:// and vmt:// for trackers, osc://, udp://, ws:// and lsl://. Several addresses with spaces between.</source>
        <translation>让其他程序随人物一起运动：虚拟形象用 vmc://主机:端口，追踪器用 vrchat:// 和 vmt://，另有 osc://、udp://、ws:// 和 lsl://。多个地址用空格分隔。</translation>
    </message>
    <message>
        <source>Find the fingers of both hands, too, and send them to other programs. Fewer frames a second are then detected.</source>
        <translation>同时检测双手的手指，并发送给其他程序。每秒检测的帧数会因此减少。</translation>
    </message>
    <message>
        <source>This computer offers no OpenGL 2.1, which the 3D view needs.
Update the graphics driver. Everything else works, export included.</source>
        <translation>此计算机不支持 3D 视图所需的 OpenGL 2.1。
请更新显卡驱动程序。其他功能均可使用，包括导出。</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>Only list</source>
        <translation>仅列出</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Adaptive</source>
        <translation>自适应</translation>
    </message>
    <message>
        <source>Butterworth</source>
        <translation>巴特沃斯</translation>
    </message>
    <message>
        <source>Savitzky-Golay</source>
        <translation>Savitzky-Golay</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Low-pass</source>
        <translation>低通滤波</translation>
    </message>
    <message>
        <source>How the movement is smoothed. Adaptive smooths slow joints more and leaves fast ones alone. None of them delays the movement.</source>
        <translation>运动的平滑方式。自适应会更多地平滑慢速关节，而不改变快速关节。各种方式都不会使运动延迟。</translation>
    </message>
    <message>
        <source>One body</source>
        <translation>整体拟合</translation>
    </message>
    <message>
        <source>Bone by bone</source>
        <translation>逐骨骼</translation>
    </message>
    <message>
        <source>As lifted</source>
        <translation>保持提升结果</translation>
    </message>
    <message>
        <source>Bone lengths</source>
        <translation>骨骼长度</translation>
    </message>
    <message>
        <source>One body: constant lengths, fitted to all joints at once. Bone by bone: constant lengths along the lifted directions. As lifted: lengths change from frame to frame.</source>
        <translation>整体拟合：对所有关节同时拟合的恒定长度。逐骨骼：沿提升方向的恒定长度。保持提升结果：长度逐帧变化。</translation>
    </message>
    <message>
        <source>Exchanged sides</source>
        <translation>左右互换</translation>
    </message>
    <message>
        <source>Frames in which the detector took the left for the right. What was found is listed under Findings.</source>
        <translation>检测器混淆左右的帧。发现的内容列在“检查结果”中。</translation>
    </message>
    <message>
        <source>Backward joints</source>
        <translation>反向弯曲的关节</translation>
    </message>
    <message>
        <source>Knees and elbows that bend the wrong way. What was found is listed under Findings.</source>
        <translation>弯曲方向错误的膝和肘。发现的内容列在“检查结果”中。</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Ignore</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>A camera that pans, tilts or shakes on its tripod is measured by the background. Follow: paths and the direction of gravity are corrected for it. Ignore: as if it stood still.</source>
        <translation>三脚架上平移、俯仰或抖动的摄像机会通过背景测量。跟随：据此校正路径和重力方向。忽略：视为静止不动。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>始终</translation>
    </message>
    <message>
        <source>On the floor</source>
        <translation>贴地</translation>
    </message>
    <message>
        <source>Standing feet</source>
        <translation>站立的脚</translation>
    </message>
    <message>
        <source>Feet that stand do not slide. Automatic: where a contact can be believed. Always: every contact. On the floor: as automatic, and feet near the floor stand on it.</source>
        <translation>站立的脚不会滑动。自动：仅在接触可信时。始终：每次接触。贴地：同自动，且靠近地面的脚会站在地面上。</translation>
    </message>
    <message>
        <source>Hips</source>
        <translation>髋宽</translation>
    </message>
    <message>
        <source>Spine</source>
        <translation>脊柱</translation>
    </message>
    <message>
        <source>Chest</source>
        <translation>胸部</translation>
    </message>
    <message>
        <source>Upper chest</source>
        <translation>上胸部</translation>
    </message>
    <message>
        <source>Neck</source>
        <translation>颈部</translation>
    </message>
    <message>
        <source>Left eye</source>
        <translation>左眼</translation>
    </message>
    <message>
        <source>Right eye</source>
        <translation>右眼</translation>
    </message>
    <message>
        <source>Jaw</source>
        <translation>下颌</translation>
    </message>
    <message>
        <source>Lower arm</source>
        <translation>前臂</translation>
    </message>
    <message>
        <source>Hand</source>
        <translation>手</translation>
    </message>
    <message>
        <source>Upper leg</source>
        <translation>大腿</translation>
    </message>
    <message>
        <source>Lower leg</source>
        <translation>小腿</translation>
    </message>
    <message>
        <source>Foot</source>
        <translation>脚</translation>
    </message>
    <message>
        <source>Toes</source>
        <translation>脚趾</translation>
    </message>
    <message>
        <source>Thumb</source>
        <translation>拇指</translation>
    </message>
    <message>
        <source>Index finger</source>
        <translation>食指</translation>
    </message>
    <message>
        <source>Middle finger</source>
        <translation>中指</translation>
    </message>
    <message>
        <source>Ring finger</source>
        <translation>无名指</translation>
    </message>
    <message>
        <source>Little finger</source>
        <translation>小指</translation>
    </message>
    <message>
        <source>Left arm</source>
        <translation>左臂</translation>
    </message>
    <message>
        <source>Left leg</source>
        <translation>左腿</translation>
    </message>
    <message>
        <source>Fingers of the left hand</source>
        <translation>左手手指</translation>
    </message>
    <message>
        <source>Right arm</source>
        <translation>右臂</translation>
    </message>
    <message>
        <source>Right leg</source>
        <translation>右腿</translation>
    </message>
    <message>
        <source>Fingers of the right hand</source>
        <translation>右手手指</translation>
    </message>
    <message>
        <source>Between the hip joints</source>
        <translation>两髋关节之间</translation>
    </message>
    <message>
        <source>Thigh</source>
        <translation>大腿</translation>
    </message>
    <message>
        <source>From hip to knee</source>
        <translation>从髋到膝</translation>
    </message>
    <message>
        <source>Shank</source>
        <translation>小腿</translation>
    </message>
    <message>
        <source>From knee to ankle</source>
        <translation>从膝到踝</translation>
    </message>
    <message>
        <source>Trunk</source>
        <translation>躯干</translation>
    </message>
    <message>
        <source>From hips to shoulders</source>
        <translation>从髋到肩</translation>
    </message>
    <message>
        <source>Shoulders</source>
        <translation>肩宽</translation>
    </message>
    <message>
        <source>Between the shoulder joints</source>
        <translation>两肩关节之间</translation>
    </message>
    <message>
        <source>Upper arm</source>
        <translation>上臂</translation>
    </message>
    <message>
        <source>From shoulder to elbow</source>
        <translation>从肩到肘</translation>
    </message>
    <message>
        <source>Forearm</source>
        <translation>前臂</translation>
    </message>
    <message>
        <source>From elbow to wrist</source>
        <translation>从肘到腕</translation>
    </message>
    <message>
        <source>As the lifter was trained</source>
        <translation>与提升器训练时相同</translation>
    </message>
    <message>
        <source>Nothing: every frame</source>
        <translation>不剪枝：每一帧</translation>
    </message>
    <message>
        <source>TPS: evenly spread frames</source>
        <translation>TPS：均匀分布的帧</translation>
    </message>
    <message>
        <source>TPC: one of each cluster</source>
        <translation>TPC：每个聚类一帧</translation>
    </message>
    <message>
        <source>TPA: most attended frames</source>
        <translation>TPA：注意力最高的帧</translation>
    </message>
    <message>
        <source>TPMo: frames of most motion</source>
        <translation>TPMo：运动最大的帧</translation>
    </message>
    <message>
        <source>TRI: in between, straight</source>
        <translation>TRI：线性插值</translation>
    </message>
    <message>
        <source>TRA: learned tokens</source>
        <translation>TRA：学习得到的令牌</translation>
    </message>
    <message>
        <source>None: centre frame only</source>
        <translation>无：仅中心帧</translation>
    </message>
    <message>
        <source>Neighbouring frames say nearly the same: dropping some inside the lifter makes it faster.</source>
        <translation>相邻的帧几乎相同：在提升器内部省去一些帧可提高速度。</translation>
    </message>
    <message>
        <source>Lifts the same 2D a second time and shows it as a ghost. It is never saved or exported.</source>
        <translation>将同样的 2D 再次提升并显示为虚影。它不会被保存或导出。</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器 (CPU)</translation>
    </message>
    <message>
        <source>NVIDIA GPU (CUDA)</source>
        <translation>NVIDIA GPU (CUDA)</translation>
    </message>
    <message>
        <source>Apple GPU (Metal)</source>
        <translation>Apple GPU (Metal)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>深色(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation>跟随系统(&amp;A)</translation>
    </message>
    <message>
        <source>Animation</source>
        <translation>动画</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Biomechanics</source>
        <translation>生物力学</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>BVH motion (Blender, Unity, Unreal, Maya)</source>
        <translation>BVH 动作 (Blender, Unity, Unreal, Maya)</translation>
    </message>
    <message>
        <source>glTF with a human body (.glb)</source>
        <translation>glTF，带人体 (.glb)</translation>
    </message>
    <message>
        <source>FBX with a human body (Unity, Unreal; by Blender)</source>
        <translation>FBX，带人体 (Unity, Unreal；由 Blender 生成)</translation>
    </message>
    <message>
        <source>USD with a human body (.usdc)</source>
        <translation>USD，带人体 (.usdc)</translation>
    </message>
    <message>
        <source>CSV, one row a frame, person and joint</source>
        <translation>CSV，每帧、每人、每关节一行</translation>
    </message>
    <message>
        <source>CSV, one row a frame</source>
        <translation>CSV，每帧一行</translation>
    </message>
    <message>
        <source>CSV as DeepLabCut writes it</source>
        <translation>CSV（DeepLabCut 格式）</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>NumPy arrays (.npz)</source>
        <translation>NumPy 数组 (.npz)</translation>
    </message>
    <message>
        <source>OpenPose JSON of the 2D joints (zipped)</source>
        <translation>2D 关节点的 OpenPose JSON (ZIP)</translation>
    </message>
    <message>
        <source>MOT joint angles (OpenSim)</source>
        <translation>MOT 关节角度 (OpenSim)</translation>
    </message>
    <message>
        <source>CSV of the joint angles</source>
        <translation>关节角度 CSV</translation>
    </message>
    <message>
        <source>Video with the joints over it (.mp4)</source>
        <translation>叠加关节点的视频 (.mp4)</translation>
    </message>
    <message>
        <source>Video beside the skeleton (.mp4)</source>
        <translation>视频与骨架并排 (.mp4)</translation>
    </message>
    <message>
        <source>TRC markers (OpenSim, Pose2Sim)</source>
        <translation>TRC 标记点 (OpenSim, Pose2Sim)</translation>
    </message>
    <message>
        <source>C3D markers (Mokka, Visual3D, MATLAB)</source>
        <translation>C3D 标记点 (Mokka, Visual3D, MATLAB)</translation>
    </message>
    <message>
        <source>Bone names for</source>
        <translation>骨骼命名</translation>
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
        <translation>Unreal 5、MetaHuman（root、spine_05、IK 骨骼）</translation>
    </message>
    <message>
        <source>Mixamo (mixamorig:LeftArm)</source>
        <translation>Mixamo (mixamorig:LeftArm)</translation>
    </message>
    <message>
        <source>Rigify&apos;s metarig (upper_arm.L)</source>
        <translation>Rigify 的 metarig (upper_arm.L)</translation>
    </message>
    <message>
        <source>BVH unit</source>
        <translation>BVH 单位</translation>
    </message>
    <message>
        <source>Centimetres</source>
        <translation>厘米</translation>
    </message>
    <message>
        <source>Metres</source>
        <translation>米</translation>
    </message>
    <message>
        <source>Travel of the body</source>
        <translation>身体位移</translation>
    </message>
    <message>
        <source>as filmed</source>
        <translation>与拍摄一致</translation>
    </message>
    <message>
        <source>on the spot</source>
        <translation>原地</translation>
    </message>
    <message>
        <source>T-pose as first frame (BVH)</source>
        <translation>首帧为 T 姿势 (BVH)</translation>
    </message>
    <message>
        <source>Report with checks</source>
        <translation>检查报告</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>有</translation>
    </message>
    <message>
        <source>Joint angle</source>
        <translation>关节角度</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Height above the floor</source>
        <translation>离地高度</translation>
    </message>
    <message>
        <source>Position across the image</source>
        <translation>画面横向位置</translation>
    </message>
    <message>
        <source>Position away from the camera</source>
        <translation>距摄像机的位置</translation>
    </message>
    <message>
        <source>Hip flexion</source>
        <translation>髋屈曲</translation>
    </message>
    <message>
        <source>Hip abduction</source>
        <translation>髋外展</translation>
    </message>
    <message>
        <source>Knee flexion</source>
        <translation>膝屈曲</translation>
    </message>
    <message>
        <source>Shoulder flexion</source>
        <translation>肩屈曲</translation>
    </message>
    <message>
        <source>Shoulder abduction</source>
        <translation>肩外展</translation>
    </message>
    <message>
        <source>Elbow flexion</source>
        <translation>肘屈曲</translation>
    </message>
    <message>
        <source>Ankle flexion</source>
        <translation>踝关节屈曲</translation>
    </message>
    <message>
        <source>Ankle abduction</source>
        <translation>踝关节外展</translation>
    </message>
    <message>
        <source>Foot progression</source>
        <translation>足偏角</translation>
    </message>
    <message>
        <source>Trunk tilt</source>
        <translation>躯干前倾</translation>
    </message>
    <message>
        <source>Trunk list</source>
        <translation>躯干侧倾</translation>
    </message>
    <message>
        <source>Trunk rotation</source>
        <translation>躯干旋转</translation>
    </message>
    <message>
        <source>Lumbar bending</source>
        <translation>腰部侧屈</translation>
    </message>
    <message>
        <source>Lumbar rotation</source>
        <translation>腰部旋转</translation>
    </message>
    <message>
        <source>Wrist</source>
        <translation>腕</translation>
    </message>
    <message>
        <source>Elbow</source>
        <translation>肘</translation>
    </message>
    <message>
        <source>Shoulder</source>
        <translation>肩</translation>
    </message>
    <message>
        <source>Ankle</source>
        <translation>踝</translation>
    </message>
    <message>
        <source>Knee</source>
        <translation>膝</translation>
    </message>
    <message>
        <source>Hip</source>
        <translation>髋</translation>
    </message>
    <message>
        <source>Pelvis</source>
        <translation>骨盆</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>assumed</source>
        <translation>（假设）</translation>
    </message>
    <message>
        <source>from the file</source>
        <translation>（取自文件）</translation>
    </message>
    <message>
        <source>set by the user</source>
        <translation>（用户设置）</translation>
    </message>
    <message>
        <source>estimated from how people stand (deviation {0} degrees)</source>
        <translation>（根据站姿估计，偏差 {0} 度）</translation>
    </message>
    <message>
        <source>dashes</source>
        <translation>虚线</translation>
    </message>
    <message>
        <source>dots</source>
        <translation>点线</translation>
    </message>
    <message>
        <source>dash-dot</source>
        <translation>点划线</translation>
    </message>
    <message>
        <source>L</source>
        <translation>左</translation>
    </message>
    <message>
        <source>R</source>
        <translation>右</translation>
    </message>
    <message>
        <source>&amp;Human</source>
        <translation>人体(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Stick figure</source>
        <translation>火柴人(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Both</source>
        <translation>两者(&amp;B)</translation>
    </message>
</context>
<context>
    <name>Absence</name>
    <message>
        <source>Go there</source>
        <translation>转到该处</translation>
    </message>
    <message>
        <source>Nobody is in this frame. {name} appears at {time}.</source>
        <translation>此帧中没有人。{name} 于 {time} 出现。</translation>
    </message>
    <message>
        <source>Nobody is in this frame. {name} was last seen at {time}.</source>
        <translation>此帧中没有人。{name} 最后出现于 {time}。</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>CatalogueCommands</name>
    <message>
        <source>Downloading {name}…</source>
        <translation>正在下载 {name}…</translation>
    </message>
</context>
<context>
    <name>CatalogueDialog</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>CheckpointForm</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>What it is called in the list of lifters</source>
        <translation>在提升器列表中的名称</translation>
    </message>
    <message>
        <source>From the file&apos;s name</source>
        <translation>取自文件名</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Add this lifter</source>
        <translation>添加此提升器</translation>
    </message>
    <message>
        <source>IN THE FILE</source>
        <translation>文件中的信息</translation>
    </message>
    <message>
        <source>ASSUMED, NOT IN THE FILE</source>
        <translation>文件中没有的假设</translation>
    </message>
</context>
<context>
    <name>CompareBar</name>
    <message>
        <source>mean over joints, roots aligned</source>
        <translation>各关节平均，骨盆对齐</translation>
    </message>
    <message>
        <source>{here} here  ·  {mean} on average</source>
        <translation>此处 {here}  ·  平均 {mean}</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>出现问题</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>This is a bug in Hourglass, not your mistake.</source>
        <translation>这是 Hourglass 的错误，不是您的操作有误。</translation>
    </message>
    <message>
        <source>The program goes on. The report below helps to put it right.</source>
        <translation>程序将继续运行。下面的报告有助于修复此问题。</translation>
    </message>
    <message>
        <source>Log file: {log_path}</source>
        <translation>日志文件：{log_path}</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>复制报告</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>显示日志</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>CurveCommands</name>
    <message>
        <source>{name} walks: {gait}</source>
        <translation>{name} 的步态：{gait}</translation>
    </message>
</context>
<context>
    <name>CurvesPage</name>
    <message>
        <source>What the curves show</source>
        <translation>曲线显示的内容</translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation>物理量</translation>
    </message>
    <message>
        <source>Which joints; several can be shown at once</source>
        <translation>显示哪些关节；可同时选择多个</translation>
    </message>
    <message>
        <source>Joints</source>
        <translation>关节</translation>
    </message>
    <message>
        <source>Everyone</source>
        <translation>所有人</translation>
    </message>
    <message>
        <source>The other people&apos;s curves too, faintly</source>
        <translation>同时以淡色显示其他人物的曲线</translation>
    </message>
    <message>
        <source>Shaded, and after ±: nine of ten true values are at most this far away, relative to the pelvis</source>
        <translation>阴影及 ± 之后的数值：相对于骨盆，十个真实值中有九个的偏差不超过此值</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>A click shows the frame; the values of this frame are in the line above</source>
        <translation>点击可显示该帧；该帧的数值在上方一行</translation>
    </message>
    <message>
        <source>{text}  ·  long ticks: heel strikes, short ones: toe offs</source>
        <translation>{text}  ·  长刻度：足跟着地，短刻度：足趾离地</translation>
    </message>
</context>
<context>
    <name>DetectorBox</name>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>其他</translation>
    </message>
    <message numerus="yes">
        <source>%n more to download: button beside this</source>
        <translation>
            <numerusform>另有 %n 个可下载：使用旁边的按钮</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DetectorCommands</name>
    <message>
        <source>Adding {name} (loads MMPose, some seconds)…</source>
        <translation>正在添加 {name}（加载 MMPose 需要几秒钟）…</translation>
    </message>
    <message>
        <source>Removing {name}…</source>
        <translation>正在移除 {name}…</translation>
    </message>
</context>
<context>
    <name>DetectorsDialog</name>
    <message>
        <source>Detector</source>
        <translation>检测器</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>2D detectors</source>
        <translation>2D 检测器</translation>
    </message>
    <message>
        <source>Config of your own network</source>
        <translation>您自己的网络的配置</translation>
    </message>
    <message>
        <source>Add checkpoint…</source>
        <translation>添加检查点…</translation>
    </message>
    <message>
        <source>Only detectors that you added can be removed.</source>
        <translation>只能移除您自己添加的检测器。</translation>
    </message>
    <message>
        <source>, added by you</source>
        <translation>，由您添加</translation>
    </message>
    <message>
        <source>Download ({size})</source>
        <translation>下载 ({size})</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Add a checkpoint</source>
        <translation>添加检查点</translation>
    </message>
    <message>
        <source>Checkpoints (*.pth *.pt *.safetensors);;All files (*)</source>
        <translation>检查点 (*.pth *.pt *.safetensors);;所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>DeviceBox</name>
    <message>
        <source>{device}: there is none that can be used on this computer.</source>
        <translation>{device}：此计算机上没有可用的设备。</translation>
    </message>
</context>
<context>
    <name>Drawer</name>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>People</source>
        <translation>人物</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <source>Findings ({count})</source>
        <translation>检查结果 ({count})</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Turn a video into a 3D skeleton</source>
        <translation>将视频转换为 3D 骨架</translation>
    </message>
    <message>
        <source>Drop a video here. One ordinary camera is enough.</source>
        <translation>将视频拖到此处。一台普通摄像机就够了。</translation>
    </message>
    <message>
        <source>Open video…</source>
        <translation>打开视频…</translation>
    </message>
    <message>
        <source>Open a video, 2D joints or a saved take  (Ctrl+O)</source>
        <translation>打开视频、2D 关节点或已保存的片段  (Ctrl+O)</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>试用示例</translation>
    </message>
    <message>
        <source>Two people, one of them jumps: see what comes out</source>
        <translation>两个人，其中一人跳跃：看看结果如何</translation>
    </message>
    <message>
        <source>Use a camera…</source>
        <translation>使用摄像头…</translation>
    </message>
    <message>
        <source>A webcam or a network stream, in real time  (Ctrl+L)</source>
        <translation>实时使用网络摄像头或网络流  (Ctrl+L)</translation>
    </message>
    <message>
        <source>MP4, MOV, MKV, WebM, AVI  ·  saved takes  ·  everything stays on this computer</source>
        <translation>MP4、MOV、MKV、WebM、AVI  ·  已保存的片段  ·  所有数据都留在本机</translation>
    </message>
    <message>
        <source>RECENT</source>
        <translation>最近使用</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation>选择其他文件夹</translation>
    </message>
    <message numerus="yes">
        <source>Everyone (%n people)</source>
        <translation>
            <numerusform>所有人（%n 人）</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose “Everyone in the picture” in the settings and run again to export more people.</source>
        <translation>要导出更多人物，请在设置中选择“画面中的所有人”并重新运行。</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>导出进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>人物</translation>
    </message>
    <message>
        <source>From</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>OPTIONS</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>FILES</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Export the skeleton</source>
        <translation>导出骨架</translation>
    </message>
    <message>
        <source>Written files</source>
        <translation>已写入的文件</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>已导出</translation>
    </message>
    <message>
        <source>This is {target}</source>
        <translation>即 {target}</translation>
    </message>
    <message>
        <source>Tick at least one format.</source>
        <translation>请至少选择一种格式。</translation>
    </message>
    <message>
        <source>Choose a folder.</source>
        <translation>请选择文件夹。</translation>
    </message>
    <message>
        <source>Give the files a name.</source>
        <translation>请为文件命名。</translation>
    </message>
    <message>
        <source>A name cannot have any of {characters}</source>
        <translation>名称中不能包含以下字符：{characters}</translation>
    </message>
    <message>
        <source>There is no frame in this range.</source>
        <translation>此范围内没有帧。</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>导出到</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>正在写入…</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>正在取消…</translation>
    </message>
    <message>
        <source>: {done} of {total} frames</source>
        <translation>：{done} / {total} 帧</translation>
    </message>
</context>
<context>
    <name>FbxDialog</name>
    <message>
        <source>Install what FBX needs</source>
        <translation>安装 FBX 所需的组件</translation>
    </message>
    <message>
        <source>FBX is read and written by Blender. Where Blender is not installed, its own package {package} does it: free software under another licence than this program, {licence}. It runs as a program by itself, only while an FBX is read or written.</source>
        <translation>FBX 由 Blender 读写。未安装 Blender 时，由其自带的软件包 {package} 完成：它是自由软件，许可证与本程序不同，为 {licence}。它仅在读写 FBX 时作为独立程序运行。</translation>
    </message>
    <message>
        <source>Download from PyPI: about {download} MB. On the disk: about {installed} MB.</source>
        <translation>从 PyPI 下载：约 {download} MB。占用磁盘：约 {installed} MB。</translation>
    </message>
    <message>
        <source>Progress of the installation</source>
        <translation>安装进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>安装</translation>
    </message>
</context>
<context>
    <name>FbxInstallation</name>
    <message>
        <source>Cancelled: nothing was installed.</source>
        <translation>已取消：未安装任何内容。</translation>
    </message>
    <message>
        <source>Nothing was installed, because of a bug.</source>
        <translation>由于程序错误，未安装任何内容。</translation>
    </message>
</context>
<context>
    <name>FileCommands</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>打开最近的文件(&amp;R)</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Videos, images, 2D joints and takes ({patterns});;All files (*)</source>
        <translation>视频、图像、2D 关节点和片段 ({patterns});;所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Save the take</source>
        <translation>保存片段</translation>
    </message>
    <message>
        <source>Takes ({pattern})</source>
        <translation>片段 ({pattern})</translation>
    </message>
    <message>
        <source>The video {name} is not where it was.</source>
        <translation>视频 {name} 不在原来的位置。</translation>
    </message>
    <message>
        <source>The skeleton is shown without it; export works, but for videos.</source>
        <translation>将不带视频显示骨架；除视频外均可导出。</translation>
    </message>
    <message>
        <source>Find the video…</source>
        <translation>查找视频…</translation>
    </message>
    <message>
        <source>Find {name}</source>
        <translation>查找 {name}</translation>
    </message>
    <message>
        <source>Videos ({patterns});;All files (*)</source>
        <translation>视频 ({patterns});;所有文件 (*)</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>已保存 {name}。</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>Files exist</source>
        <translation>文件已存在</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) are in {folder} already.</source>
        <translation>
            <numerusform>{folder} 中已有 %n 个文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>保留两者</translation>
    </message>
    <message numerus="yes">
        <source>Exported %n file(s).</source>
        <translation>
            <numerusform>已导出 %n 个文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancelled. What was finished before is there, and nothing is half-written.</source>
        <translation>已取消。此前完成的文件仍在，没有写到一半的文件。</translation>
    </message>
    <message>
        <source>Nothing was written, because of a bug.</source>
        <translation>由于程序错误，未写入任何文件。</translation>
    </message>
</context>
<context>
    <name>FindingsList</name>
    <message>
        <source>Findings</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <source>Repaired and doubtful frames; a click shows the frame</source>
        <translation>已修复和可疑的帧；点击可显示该帧</translation>
    </message>
</context>
<context>
    <name>FormatChoice</name>
    <message>
        <source>Install what FBX needs…</source>
        <translation>安装 FBX 所需的组件…</translation>
    </message>
</context>
<context>
    <name>GivenFiles</name>
    <message>
        <source>Images as a video</source>
        <translation>将图像作为视频</translation>
    </message>
    <message>
        <source>Frames a second of {name}:</source>
        <translation>{name} 的每秒帧数：</translation>
    </message>
    <message>
        <source>One video is shown at a time; waiting: {names}.</source>
        <translation>一次显示一个视频；等待中：{names}。</translation>
    </message>
    <message>
        <source>The command line lifts several in one go.</source>
        <translation>命令行可一次处理多个。</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>打开 {name}</translation>
    </message>
</context>
<context>
    <name>Horizon</name>
    <message>
        <source>Horizon: {pitch}° down, roll {roll}°</source>
        <translation>地平线：向下 {pitch}°，滚转 {roll}°</translation>
    </message>
    <message>
        <source>Horizon: {pitch}° up, roll {roll}°</source>
        <translation>地平线：向上 {pitch}°，滚转 {roll}°</translation>
    </message>
</context>
<context>
    <name>HorizonCommands</name>
    <message>
        <source>Turn the video (roll {other}°)</source>
        <translation>旋转视频（滚转 {other}°）</translation>
    </message>
    <message>
        <source>set; double click for the estimate</source>
        <translation>已设置；双击恢复估计值</translation>
    </message>
    <message>
        <source>drag it to where it is</source>
        <translation>拖到其实际位置</translation>
    </message>
    <message>
        <source>estimated{sigma}; drag to correct it</source>
        <translation>估计值{sigma}；拖动以修正</translation>
    </message>
</context>
<context>
    <name>Leaving</name>
    <message>
        <source>this video</source>
        <translation>此视频</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>未保存的更改</translation>
    </message>
    <message>
        <source>A run is going on</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>The changes to {name} are not saved.</source>
        <translation>对 {name} 的更改尚未保存。</translation>
    </message>
    <message>
        <source>{name} is being lifted.</source>
        <translation>正在提升 {name}。</translation>
    </message>
    <message>
        <source>Names, splits, merges and exchanged sides would be lost.</source>
        <translation>名称、拆分、合并和左右交换将会丢失。</translation>
    </message>
    <message>
        <source>The run stops; what was found in 2D is kept for the next one.</source>
        <translation>运行将停止；已检测到的 2D 会保留到下次运行。</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>停止运行</translation>
    </message>
</context>
<context>
    <name>LifterCommands</name>
    <message>
        <source>Looking at {name}…</source>
        <translation>正在检查 {name}…</translation>
    </message>
    <message>
        <source>Adding {name}…</source>
        <translation>正在添加 {name}…</translation>
    </message>
    <message>
        <source>Removing {name}…</source>
        <translation>正在移除 {name}…</translation>
    </message>
</context>
<context>
    <name>LiftersDialog</name>
    <message>
        <source>Lifters</source>
        <translation>提升器</translation>
    </message>
    <message>
        <source>Add a file…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>, default</source>
        <translation>，默认</translation>
    </message>
    <message>
        <source>Only lifters that you added can be removed.</source>
        <translation>只能移除您自己添加的提升器。</translation>
    </message>
    <message>
        <source>Download ({size})</source>
        <translation>下载 ({size})</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Licence: {licence}.</source>
        <translation>许可证：{licence}。</translation>
    </message>
    <message>
        <source>Add a checkpoint</source>
        <translation>添加检查点</translation>
    </message>
    <message>
        <source>Checkpoints ({patterns});;All files (*)</source>
        <translation>检查点 ({patterns});;所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>LiveBar</name>
    <message>
        <source>Look-ahead</source>
        <translation>前瞻</translation>
    </message>
    <message>
        <source>Corrected one as a ghost</source>
        <translation>以虚影显示修正后的骨架</translation>
    </message>
    <message>
        <source>Show beside the newest skeleton the last one whose future is known: it does not change any more.</source>
        <translation>在最新骨架旁显示后续帧已知的最后一个骨架：它不会再变化。</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>录制</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Countdown</source>
        <translation>倒计时</translation>
    </message>
    <message>
        <source>How long is counted down before a recording</source>
        <translation>录制前倒计时的时长</translation>
    </message>
    <message>
        <source>Longest recording</source>
        <translation>最长录制时间</translation>
    </message>
    <message>
        <source>A recording ends by itself after so long</source>
        <translation>超过此时间后录制自动结束</translation>
    </message>
    <message>
        <source>or with both hands up</source>
        <translation>或举起双手</translation>
    </message>
    <message>
        <source>Holding both hands over the head for 2 seconds begins a recording, and ends it.</source>
        <translation>双手举过头顶 2 秒可开始录制，再次举起则结束。</translation>
    </message>
    <message>
        <source>Send to</source>
        <translation>发送到</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>after</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>for</source>
        <translation>时长</translation>
    </message>
    <message numerus="yes">
        <source>%n frame(s)</source>
        <translation>
            <numerusform>%n 帧</numerusform>
        </translation>
    </message>
    <message>
        <source>none: the newest frame</source>
        <translation>无：最新帧</translation>
    </message>
    <message>
        <source>&lt;b&gt;{painted_hz:.1f}&lt;/b&gt; shown  ·  {predicted_hz:.1f} predicted  ·  {captured_hz:.1f} captured a second  ·  {dropped} dropped</source>
        <translation>每秒显示 &lt;b&gt;{painted_hz:.1f}&lt;/b&gt;  ·  推断 {predicted_hz:.1f}  ·  采集 {captured_hz:.1f}  ·  丢弃 {dropped}</translation>
    </message>
    <message>
        <source>Latency {total:.0f} ms: capture {capture_ms:.0f}, detect {detect_ms:.0f}, lift {lift_ms:.0f}, display {display_ms:.0f}</source>
        <translation>延迟 {total:.0f} ms：采集 {capture_ms:.0f}，检测 {detect_ms:.0f}，提升 {lift_ms:.0f}，显示 {display_ms:.0f}</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>停止录制</translation>
    </message>
    <message>
        <source>Begins in {counting}</source>
        <translation>{counting} 秒后开始</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) left out</source>
        <translation>
            <numerusform>略去 %n 帧图像</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop sending</source>
        <translation>停止发送</translation>
    </message>
</context>
<context>
    <name>LiveCommands</name>
    <message>
        <source>Camera {name}</source>
        <translation>摄像头 {name}</translation>
    </message>
    <message>
        <source>Opening the camera, loading the models…</source>
        <translation>正在打开摄像头并加载模型…</translation>
    </message>
    <message>
        <source>provisional: paler until its future is known</source>
        <translation>暂定：在后续帧已知前颜色较淡</translation>
    </message>
    <message>
        <source>{width_px} × {height_px}  ·  {fps_hz:.4g} fps</source>
        <translation>{width_px} × {height_px}  ·  {fps_hz:.4g} fps</translation>
    </message>
    <message>
        <source>Open a recording</source>
        <translation>打开录制</translation>
    </message>
    <message numerus="yes">
        <source>%n recording(s) interrupted: {name}.</source>
        <translation>
            <numerusform>有 %n 个录制被中断：{name}。</numerusform>
        </translation>
    </message>
    <message>
        <source>File &gt; Open a recording repairs and lifts it.</source>
        <translation>“文件 &gt; 打开录制”可修复并提升它。</translation>
    </message>
</context>
<context>
    <name>LiveDialog</name>
    <message>
        <source>Camera or stream</source>
        <translation>摄像头或网络流</translation>
    </message>
    <message>
        <source>Looking for cameras…</source>
        <translation>正在查找摄像头…</translation>
    </message>
    <message>
        <source>The camera&apos;s</source>
        <translation>摄像头默认值</translation>
    </message>
    <message>
        <source>{hz:g} frames/s</source>
        <translation>{hz:g} 帧/秒</translation>
    </message>
    <message>
        <source>Play a file again and again</source>
        <translation>循环播放文件</translation>
    </message>
    <message>
        <source>Assumed</source>
        <translation>假设值</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Picture size</source>
        <translation>图像尺寸</translation>
    </message>
    <message>
        <source>What a camera is asked for; it may give another one</source>
        <translation>向摄像头请求的值；实际值可能不同</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>帧率</translation>
    </message>
    <message>
        <source>People at most</source>
        <translation>最多人数</translation>
    </message>
    <message>
        <source>Each person costs time; one is the quickest</source>
        <translation>人数越多越耗时；一个人最快</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>身高</translation>
    </message>
    <message>
        <source>How tall the person is: it sets the scale of everything</source>
        <translation>人物的身高：决定所有尺寸</translation>
    </message>
    <message>
        <source>2D detector</source>
        <translation>2D 检测器</translation>
    </message>
    <message>
        <source>Finds people and their joints in every picture.</source>
        <translation>在每幅图像中检测人物及其关节点。</translation>
    </message>
    <message>
        <source>3D lifter</source>
        <translation>3D 提升器</translation>
    </message>
    <message>
        <source>Turns the joints&apos; movement into 3D. The fast one is made for this.</source>
        <translation>将关节的运动转换为 3D。快速版即为此设计。</translation>
    </message>
    <message>
        <source>Camera, address or file</source>
        <translation>摄像头、地址或文件</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Play a video file as if it were a camera: for rehearsing, and for trying things out</source>
        <translation>将视频文件当作摄像头播放：用于排练和试用</translation>
    </message>
    <message>
        <source>Look for cameras again</source>
        <translation>重新查找摄像头</translation>
    </message>
    <message numerus="yes">
        <source>%n camera(s) found.</source>
        <translation>
            <numerusform>找到 %n 个摄像头。</numerusform>
        </translation>
    </message>
    <message>
        <source>Play a video as if it were live</source>
        <translation>将视频作为实时画面播放</translation>
    </message>
    <message>
        <source>Videos ({patterns})</source>
        <translation>视频 ({patterns})</translation>
    </message>
</context>
<context>
    <name>LivePage</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>LIVE</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像头</translation>
    </message>
    <message>
        <source>Skeleton</source>
        <translation>骨架</translation>
    </message>
    <message>
        <source>The skeleton appears here
as soon as a person is in the picture</source>
        <translation>画面中出现人物后，
骨架将显示在此处</translation>
    </message>
</context>
<context>
    <name>LiveRecording</name>
    <message>
        <source>What was recorded until then is in {folder}.</source>
        <translation>此前录制的内容在 {folder} 中。</translation>
    </message>
</context>
<context>
    <name>LiveStreams</name>
    <message>
        <source>{url}: {sent} frames sent</source>
        <translation>{url}：已发送 {sent} 帧</translation>
    </message>
    <message>
        <source>, {dropped} left out</source>
        <translation>，略去 {dropped} 帧</translation>
    </message>
</context>
<context>
    <name>LiveVideo</name>
    <message>
        <source>Camera</source>
        <translation>摄像头</translation>
    </message>
    <message>
        <source>The camera&apos;s picture with the detected joints</source>
        <translation>带有检测到的关节点的摄像头画面</translation>
    </message>
</context>
<context>
    <name>MappingDialog</name>
    <message>
        <source>Bones of {name}</source>
        <translation>{name} 的骨骼</translation>
    </message>
    <message>
        <source>Figure of the character</source>
        <translation>角色的图形</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>骨骼</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>文件中</translation>
    </message>
    <message>
        <source>Bones</source>
        <translation>骨骼</translation>
    </message>
    <message>
        <source>Choose a bone in the list, then click its joint in the figure. Drag to turn the figure, the wheel enlarges it. Hollow joints were only guessed.</source>
        <translation>在列表中选择骨骼，然后在图中点击其关节。拖动可旋转图形，滚轮可放大。空心关节只是猜测的。</translation>
    </message>
    <message>
        <source>As recognised</source>
        <translation>恢复识别结果</translation>
    </message>
    <message>
        <source>Take back all corrections</source>
        <translation>撤销所有更正</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Joint of the chosen bone</source>
        <translation>所选骨骼的关节</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Only guessed: please check</source>
        <translation>仅为猜测：请检查</translation>
    </message>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>还有 %n 个。</numerusform>
        </translation>
    </message>
    <message>
        <source>{bone} is missing.</source>
        <translation>缺少{bone}。</translation>
    </message>
    <message>
        <source>{bone} and {other} are the same joint.</source>
        <translation>{bone}和{other}是同一个关节。</translation>
    </message>
    <message>
        <source>{bone} does not hang on {other}.</source>
        <translation>{bone}未连接在{other}上。</translation>
    </message>
</context>
<context>
    <name>MotionPanel</name>
    <message>
        <source>Motion in detail</source>
        <translation>运动细节</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Calm sudden turns</source>
        <translation>抑制突然转动</translation>
    </message>
    <message>
        <source>No bone turns faster than a body can: a turn that does is spread over its neighbours.</source>
        <translation>骨骼的转动不会快于人体极限：过快的转动会分摊到相邻帧。</translation>
    </message>
    <message>
        <source>Estimated</source>
        <translation>估计值</translation>
    </message>
    <message>
        <source>Fill gaps up to</source>
        <translation>补全缺口上限</translation>
    </message>
    <message>
        <source>Frames in which the person was lost for a moment are filled in. Longer absences stay empty.</source>
        <translation>补全人物短暂丢失的帧。更长的缺失保持为空。</translation>
    </message>
    <message>
        <source>Follow the picture</source>
        <translation>贴合画面</translation>
    </message>
    <message>
        <source>How far a joint that was well seen is drawn onto its place in the picture.</source>
        <translation>将清晰可见的关节拉向其画面位置的程度。</translation>
    </message>
    <message>
        <source>Measured on the person</source>
        <translation>人物的实测值</translation>
    </message>
    <message>
        <source>{what}, middle to middle. Left alone, it is estimated.</source>
        <translation>{what}，中心到中心。留空则自动估计。</translation>
    </message>
</context>
<context>
    <name>NameField</name>
    <message>
        <source>Name of the person</source>
        <translation>人物名称</translation>
    </message>
</context>
<context>
    <name>PeopleCommands</name>
    <message>
        <source>&amp;Undo {what}</source>
        <translation>撤销：{what}(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo {what}</source>
        <translation>重做{what}(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
</context>
<context>
    <name>PeopleList</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>可见率</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时段</translation>
    </message>
    <message>
        <source>People of the take</source>
        <translation>片段中的人物</translation>
    </message>
    <message>
        <source>Double click to rename; right click to split, merge, exchange left and right, or delete</source>
        <translation>双击重命名；右键可拆分、合并、交换左右或删除</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>有</translation>
    </message>
    <message>
        <source>Rename {name}…</source>
        <translation>重命名 {name}…</translation>
    </message>
    <message>
        <source>Split here: another person from this frame on</source>
        <translation>在此处拆分：从此帧起为另一个人</translation>
    </message>
    <message>
        <source>Merge with</source>
        <translation>合并到</translation>
    </message>
    <message>
        <source>Exchange left and right</source>
        <translation>交换左右</translation>
    </message>
    <message>
        <source>Delete {name}</source>
        <translation>删除 {name}</translation>
    </message>
    <message>
        <source>Undo {what}</source>
        <translation>撤销：{what}</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>PersonLanes</name>
    <message>
        <source>People over time</source>
        <translation>人物随时间的分布</translation>
    </message>
    <message>
        <source>Double-click to rename</source>
        <translation>双击重命名</translation>
    </message>
    <message>
        <source>Click to choose; double-click to rename</source>
        <translation>点击选择；双击重命名</translation>
    </message>
    <message>
        <source>{name}
Not in 3D yet. {done}</source>
        <translation>{name}
尚未提升到 3D。{done}</translation>
    </message>
</context>
<context>
    <name>PlaybackCommands</name>
    <message>
        <source>&amp;Pause</source>
        <translation>暂停(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>播放(&amp;P)</translation>
    </message>
</context>
<context>
    <name>Presenter</name>
    <message>
        <source>The video is not there any more.</source>
        <translation>视频已不存在。</translation>
    </message>
    <message>
        <source>The skeleton appears here
as soon as the first frames are lifted</source>
        <translation>首批帧提升完成后，
骨架将显示在此处</translation>
    </message>
    <message>
        <source>Press Run to lift this video to 3D</source>
        <translation>点击“运行”将此视频提升到 3D</translation>
    </message>
    <message>
        <source>being finished…</source>
        <translation>正在完成…</translation>
    </message>
</context>
<context>
    <name>PruningCommands</name>
    <message>
        <source>appears after a run</source>
        <translation>运行后显示</translation>
    </message>
    <message>
        <source>lifting…</source>
        <translation>正在提升…</translation>
    </message>
    <message>
        <source>not lifted</source>
        <translation>未提升</translation>
    </message>
    <message>
        <source>Ghost</source>
        <translation>虚影</translation>
    </message>
    <message>
        <source>Ghost: {what}</source>
        <translation>虚影：{what}</translation>
    </message>
    <message>
        <source>Ghost: {title}, {what}</source>
        <translation>虚影：{title}，{what}</translation>
    </message>
</context>
<context>
    <name>PruningEditor</name>
    <message>
        <source>Lifter</source>
        <translation>提升器</translation>
    </message>
    <message>
        <source>Lifts the same 2D joints.</source>
        <translation>提升同样的 2D 关节点。</translation>
    </message>
    <message>
        <source>Frames kept</source>
        <translation>保留的帧</translation>
    </message>
    <message>
        <source>Fewer frames through the deep blocks: faster, a little less exact.</source>
        <translation>通过深层模块的帧越少，速度越快，精度略低。</translation>
    </message>
    <message>
        <source>Follows the motion</source>
        <translation>随运动分配</translation>
    </message>
    <message>
        <source>How much fast movement gets more of the kept frames than standing still. 0 spreads them evenly.</source>
        <translation>快速运动比静止多保留多少帧。0 表示均匀分布。</translation>
    </message>
    <message>
        <source>Recovery</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>How the dropped frames come back at the end.</source>
        <translation>省去的帧最后如何恢复。</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>调度</translation>
    </message>
    <message>
        <source>Frames @ block: how many frames stay at the input of which block, counted from 0.</source>
        <translation>帧数 @ 模块：在哪个模块的输入处保留多少帧，从 0 开始计数。</translation>
    </message>
    <message>
        <source>Pruning</source>
        <translation>剪枝</translation>
    </message>
    <message>
        <source>Which frames are dropped inside the lifter.</source>
        <translation>在提升器内部省去哪些帧。</translation>
    </message>
    <message>
        <source>{kept} of {frames} frames</source>
        <translation>{kept} / {frames} 帧</translation>
    </message>
    <message>
        <source>All {frames} frames</source>
        <translation>全部 {frames} 帧</translation>
    </message>
    <message>
        <source>, about {percent:.0f} % less computation</source>
        <translation>，计算量约减少 {percent:.0f} %</translation>
    </message>
    <message>
        <source>, nothing saved</source>
        <translation>，未节省</translation>
    </message>
    <message>
        <source>{gflops:.3g} of {full_gflops:.3g} GFLOPs for a window of {frames} frames</source>
        <translation>每 {frames} 帧窗口 {gflops:.3g} / {full_gflops:.3g} GFLOPs</translation>
    </message>
    <message>
        <source>This lifter has learned for how many frames it works.</source>
        <translation>此提升器已学习其适用的帧数。</translation>
    </message>
    <message>
        <source>This lifter was trained to recover with TRA.</source>
        <translation>此提升器是按 TRA 恢复方式训练的。</translation>
    </message>
    <message>
        <source>This lifter has no learned tokens for TRA.</source>
        <translation>此提升器没有用于 TRA 的学习令牌。</translation>
    </message>
    <message>
        <source>This lifter gives every frame: they must come back.</source>
        <translation>此提升器输出每一帧：必须恢复这些帧。</translation>
    </message>
</context>
<context>
    <name>PruningPanel</name>
    <message>
        <source>Token pruning</source>
        <translation>令牌剪枝</translation>
    </message>
    <message>
        <source>Compare with another recipe</source>
        <translation>与另一方案比较</translation>
    </message>
    <message>
        <source>made for the centre frame</source>
        <translation>用于中心帧</translation>
    </message>
    <message>
        <source>a pose for every frame</source>
        <translation>每帧一个姿态</translation>
    </message>
    <message>
        <source>{title}: {frames} frames, {depth} blocks, {gives}</source>
        <translation>{title}：{frames} 帧，{depth} 个模块，{gives}</translation>
    </message>
    <message>
        <source>Trained with {pruning}.</source>
        <translation>训练设置：{pruning}。</translation>
    </message>
</context>
<context>
    <name>PutOnCharacter</name>
    <message>
        <source>Put the take on a character</source>
        <translation>将录制应用到角色</translation>
    </message>
    <message>
        <source>Characters ({patterns});;All files (*)</source>
        <translation>角色 ({patterns});;所有文件 (*)</translation>
    </message>
    <message>
        <source>Opening {name}…</source>
        <translation>正在打开 {name}…</translation>
    </message>
    <message>
        <source>Folder for the animated character</source>
        <translation>动画角色的文件夹</translation>
    </message>
    <message>
        <source>Writing {name}…</source>
        <translation>正在写入 {name}…</translation>
    </message>
    <message>
        <source>Limbs within {degrees:.1f}°, held feet slide {slide:.1f} mm at most.</source>
        <translation>肢体误差在 {degrees:.1f}° 以内，锁定的脚最多滑动 {slide:.1f} 毫米。</translation>
    </message>
    <message>
        <source>Written: {names}.</source>
        <translation>已写入：{names}。</translation>
    </message>
</context>
<context>
    <name>RangeFields</name>
    <message>
        <source>Start of the range</source>
        <translation>范围的起点</translation>
    </message>
    <message>
        <source>End of the range</source>
        <translation>范围的终点</translation>
    </message>
    <message>
        <source>to</source>
        <translation>至</translation>
    </message>
    <message>
        <source>{count} of {total} frames</source>
        <translation>{count} / {total} 帧</translation>
    </message>
</context>
<context>
    <name>Recovering</name>
    <message>
        <source>Unsaved changes are not kept for the case of a crash.</source>
        <translation>未保存的更改无法为崩溃情况保留。</translation>
    </message>
    <message>
        <source>Unsaved work</source>
        <translation>未保存的工作</translation>
    </message>
    <message>
        <source>The program ended before {name} was saved.</source>
        <translation>程序在保存 {name} 之前结束了。</translation>
    </message>
    <message>
        <source>It was kept as it was on {when}.</source>
        <translation>已保留 {when} 时的状态。</translation>
    </message>
    <message>
        <source>Open it</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Discard it</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Ask again later</source>
        <translation>稍后再问</translation>
    </message>
</context>
<context>
    <name>Remarks</name>
    <message>
        <source>; {count} more</source>
        <translation>；另有 {count} 项</translation>
    </message>
    <message>
        <source>Show the list</source>
        <translation>显示列表</translation>
    </message>
</context>
<context>
    <name>RunPanel</name>
    <message>
        <source>Progress of the run</source>
        <translation>运行进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop this run; what was found so far is kept for the next one  (Esc)</source>
        <translation>停止此次运行；已有的检测结果会保留到下次  (Esc)</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>准备中…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>{done} of {total} frames</source>
        <translation>{done} / {total} 帧</translation>
    </message>
    <message>
        <source>{rate} frames/s</source>
        <translation>{rate} 帧/秒</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
</context>
<context>
    <name>SceneView</name>
    <message>
        <source>Skeleton</source>
        <translation>骨架</translation>
    </message>
    <message>
        <source>The lifted people in 3D; menu View has the viewpoints</source>
        <translation>已提升人物的 3D 视图；视角在“视图”菜单中</translation>
    </message>
</context>
<context>
    <name>SettingsPanel</name>
    <message>
        <source>One person</source>
        <translation>一个人</translation>
    </message>
    <message>
        <source>Lift the person who is in the picture most, or the one you click on in the video.</source>
        <translation>提升在画面中出现最久的人，或您在视频中点击的人。</translation>
    </message>
    <message>
        <source>Everyone in the picture</source>
        <translation>画面中的所有人</translation>
    </message>
    <message>
        <source>Lift every person that was found. Takes longer with many people.</source>
        <translation>提升检测到的每个人。人数多时耗时更长。</translation>
    </message>
    <message>
        <source>Whose skeleton is followed and coloured. Person 1 is seen the longest.</source>
        <translation>跟随并着色的人物。人物 1 出现时间最长。</translation>
    </message>
    <message>
        <source>Most visible</source>
        <translation>最清晰可见者</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人物</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>身高</translation>
    </message>
    <message>
        <source>Assumed</source>
        <translation>假设值</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Estimated</source>
        <translation>估计值</translation>
    </message>
    <message>
        <source>As stored</source>
        <translation>与文件一致</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Hands</source>
        <translation>手部</translation>
    </message>
    <message>
        <source>Face</source>
        <translation>面部</translation>
    </message>
    <message>
        <source>Back to the defaults</source>
        <translation>恢复默认设置</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>SUBJECT</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>BODY</source>
        <translation>身体</translation>
    </message>
    <message>
        <source>How tall the person is. It sets the scale of everything: 10 % wrong here is 10 % wrong in metres. With several people it is the height of the one who is followed.</source>
        <translation>人物的身高。它决定所有尺寸：这里 10 % 的误差就是米制结果中 10 % 的误差。有多个人时为所跟随人物的身高。</translation>
    </message>
    <message>
        <source>CAMERA</source>
        <translation>摄像机</translation>
    </message>
    <message>
        <source>Field of view</source>
        <translation>视场角</translation>
    </message>
    <message>
        <source>How wide the lens sees, horizontally. A phone&apos;s main camera has 60 to 70 degrees. Automatic reads it from the file or assumes 60 degrees across the longer side.</source>
        <translation>镜头的水平视场角。手机主摄像头为 60 到 70 度。自动时从文件读取，或假设长边为 60 度。</translation>
    </message>
    <message>
        <source>Tilt down</source>
        <translation>向下俯仰</translation>
    </message>
    <message>
        <source>How far the camera looks down. 0 is level; negative looks up. Left alone, it is estimated from how people stand. Set it if the skeleton leans towards or away from the camera.</source>
        <translation>摄像机向下的角度。0 为水平；负值为向上。留空则根据人物的站姿估计。如果骨架朝向或背离摄像机倾斜，请设置此值。</translation>
    </message>
    <message>
        <source>Roll</source>
        <translation>滚转</translation>
    </message>
    <message>
        <source>How far the camera is turned clockwise. Left alone, it is estimated, or 0 where the tilt is set. Both can be set with the horizon in the video.</source>
        <translation>摄像机顺时针旋转的角度。留空则自动估计；若已设置俯仰则为 0。两者都可用视频中的地平线设置。</translation>
    </message>
    <message>
        <source>Recorded at</source>
        <translation>拍摄帧率</translation>
    </message>
    <message>
        <source>For slow motion: the frames a second that the camera recorded, where the file does not state them. All times are then those of the motion; the video is lifted again.</source>
        <translation>用于慢动作：文件未注明时摄像机每秒拍摄的帧数。此后所有时间均为实际运动的时间；视频将重新提升。</translation>
    </message>
    <message>
        <source>MOTION</source>
        <translation>运动</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>Movements faster than this are smoothed away. {usual:g} Hz suits most; choose more for fast sports, 0 for none.</source>
        <translation>快于此频率的运动会被平滑掉。通常 {usual:g} Hz 合适；快速运动可调高，0 为关闭。</translation>
    </message>
    <message>
        <source>MODELS</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>2D detector</source>
        <translation>2D 检测器</translation>
    </message>
    <message>
        <source>Finds people and their joints in every picture.</source>
        <translation>在每幅图像中检测人物及其关节点。</translation>
    </message>
    <message>
        <source>3D lifter</source>
        <translation>3D 提升器</translation>
    </message>
    <message>
        <source>Turns the joints&apos; movement into 3D.</source>
        <translation>将关节的运动转换为 3D。</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>计算设备</translation>
    </message>
    <message>
        <source>Automatic takes a supported GPU if there is one, else the processor.</source>
        <translation>自动：有受支持的 GPU 则使用 GPU，否则使用处理器。</translation>
    </message>
    <message>
        <source>Look for both hands and their fingers, too. A run then takes about {more:g} times as long. Hands smaller than {smallest_px:g} pixels are not found. Takes effect with the next run.</source>
        <translation>同时检测双手及其手指。运行时间约为原来的 {more:g} 倍。小于 {smallest_px:g} 像素的手无法检测。从下一次运行起生效。</translation>
    </message>
    <message>
        <source>Look for faces and their expressions, too: blinks, gaze, mouth and brows, for characters and exports. Faces smaller than {smallest_px:g} pixels are not found. Takes effect with the next run.</source>
        <translation>同时检测面部及其表情（眨眼、视线、嘴和眉毛），用于角色和导出。小于 {smallest_px:g} 像素的面部无法检测。从下一次运行起生效。</translation>
    </message>
    <message>
        <source>Height of {name}</source>
        <translation>{name} 的身高</translation>
    </message>
    <message>
        <source> · {percent:.0f} % of the time</source>
        <translation> · {percent:.0f} % 的时间</translation>
    </message>
</context>
<context>
    <name>TakeBodies</name>
    <message>
        <source>&amp;Body</source>
        <translation>身体(&amp;B)</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline</source>
        <translation>时间轴</translation>
    </message>
    <message>
        <source>{now} of {duration}</source>
        <translation>{now} / {duration}</translation>
    </message>
    <message>
        <source>, from {start} to {end}</source>
        <translation>，从 {start} 到 {end}</translation>
    </message>
    <message>
        <source>Drag to cut the start (I)</source>
        <translation>拖动以剪去开头 (I)</translation>
    </message>
    <message>
        <source>Drag to cut the end (O)</source>
        <translation>拖动以剪去结尾 (O)</translation>
    </message>
</context>
<context>
    <name>TokenStrip</name>
    <message>
        <source>Frames kept by each stage of the lifter</source>
        <translation>提升器各阶段保留的帧</translation>
    </message>
    <message>
        <source>Stage {stage} (block {block}): kept {kept} of {total} frames</source>
        <translation>阶段 {stage}（模块 {block}）：保留 {kept} / {total} 帧</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>Playback speed</source>
        <translation>播放速度</translation>
    </message>
    <message>
        <source>frame {frame} of {count}</source>
        <translation>第 {frame} 帧，共 {count} 帧</translation>
    </message>
    <message>
        <source>frame {frame}</source>
        <translation>第 {frame} 帧</translation>
    </message>
</context>
<context>
    <name>VideoView</name>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>The frame with the detected joints; a click on a person chooses them</source>
        <translation>带有检测到的关节点的画面；点击人物可选择</translation>
    </message>
    <message>
        <source>Drag to set the camera&apos;s tilt; double click for the estimate</source>
        <translation>拖动以设置摄像机的俯仰；双击恢复估计值</translation>
    </message>
    <message>
        <source>Drag to set the camera&apos;s roll</source>
        <translation>拖动以设置摄像机的滚转</translation>
    </message>
    <message>
        <source>{name}: click to choose them</source>
        <translation>{name}：点击以选择</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>S&amp;peed</source>
        <translation>速度(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Merge with</source>
        <translation>合并到(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation>跟随系统(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>The language changes when Hourglass is started the next time.</source>
        <translation>下次启动 Hourglass 时语言将会更改。</translation>
    </message>
    <message>
        <source>Correct it under Token pruning in the settings.</source>
        <translation>请在设置的“令牌剪枝”中更正。</translation>
    </message>
    <message>
        <source>Recorded: {name}.</source>
        <translation>已录制：{name}。</translation>
    </message>
    <message>
        <source>In {parent}. The camera goes on; opening ends the live run.</source>
        <translation>位于 {parent}。摄像头继续运行；打开录制将结束实时运行。</translation>
    </message>
    <message>
        <source>Open the recording</source>
        <translation>打开录制</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Skeleton</source>
        <translation>骨架</translation>
    </message>
    <message>
        <source>{width_px} × {height_px}  ·  {fps_hz:.4g} fps  ·  {duration_s:.1f} s</source>
        <translation>{width_px} × {height_px}  ·  {fps_hz:.4g} fps  ·  {duration_s:.1f} 秒</translation>
    </message>
    <message>
        <source>  ·  variable rate</source>
        <translation>  ·  可变帧率</translation>
    </message>
</context>
<context>
    <name>bone_words</name>
    <message>
        <source>Trunk and head</source>
        <translation>躯干和头</translation>
    </message>
    <message>
        <source>{part} (left)</source>
        <translation>{part}（左）</translation>
    </message>
    <message>
        <source>{part} (right)</source>
        <translation>{part}（右）</translation>
    </message>
</context>
<context>
    <name>checkpoints</name>
    <message>
        <source>Attention heads</source>
        <translation>注意力头数</translation>
    </message>
    <message>
        <source>The shapes do not tell. The published value is filled in.</source>
        <translation>无法从形状得知。已填入公开发布的值。</translation>
    </message>
    <message>
        <source>Graph neighbours</source>
        <translation>图邻居数</translation>
    </message>
    <message>
        <source>Of the temporal graph: 2 in MotionAGFormer&apos;s own files, 4 in HoT&apos;s.</source>
        <translation>时间图的邻居数：MotionAGFormer 官方文件为 2，HoT 为 4。</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Prunes by</source>
        <translation>剪枝方式</translation>
    </message>
    <message>
        <source>How the training of this checkpoint dropped frames, if it did.</source>
        <translation>训练此检查点时省去帧的方式（如果有）。</translation>
    </message>
    <message>
        <source>Frames @ block</source>
        <translation>帧数 @ 模块</translation>
    </message>
    <message>
        <source>How many frames stay at the input of which block.</source>
        <translation>在哪个模块的输入处保留多少帧。</translation>
    </message>
    <message>
        <source>Recovers by</source>
        <translation>恢复方式</translation>
    </message>
    <message>
        <source>For every frame</source>
        <translation>每一帧</translation>
    </message>
    <message>
        <source>For the centre frame</source>
        <translation>中心帧</translation>
    </message>
    <message>
        <source>Gives a pose</source>
        <translation>输出姿态</translation>
    </message>
    <message>
        <source>Models for the centre frame keep it in every selection.</source>
        <translation>用于中心帧的模型在每次选择中都保留该帧。</translation>
    </message>
    <message>
        <source>2D joints</source>
        <translation>2D 关节点</translation>
    </message>
    <message>
        <source>Which joints it was trained to see. With the wrong rule the body leans.</source>
        <translation>训练所用的关节点定义。定义错误会使身体倾斜。</translation>
    </message>
</context>
<context>
    <name>findings_list</name>
    <message>
        <source>Turn the video upright (roll {other}°)</source>
        <translation>将视频转正（滚转 {other}°）</translation>
    </message>
    <message>
        <source>Merge with {name}</source>
        <translation>与 {name} 合并</translation>
    </message>
    <message>
        <source>{finding} as {name}</source>
        <translation>{finding}：{name}</translation>
    </message>
</context>
<context>
    <name>help</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Keyboard and mouse</source>
        <translation>键盘与鼠标</translation>
    </message>
    <message>
        <source>About Hourglass</source>
        <translation>关于 Hourglass</translation>
    </message>
    <message>
        <source>One ordinary camera in, a 3D skeleton out.

People are found in 2D by MediaPipe BlazePose, then a video pose transformer (MixSTE, sped up by H2OT token pruning) lifts their movement to 3D. Scale, camera and floor are estimates, not measurements.

MIT licence. The licences of the parts it is built on are in THIRD_PARTY.md.</source>
        <translation>一台普通摄像机，得到一副 3D 骨架。

人物由 MediaPipe BlazePose 在 2D 中检测，然后由视频姿态 Transformer（MixSTE，经 H2OT 令牌剪枝加速）将其运动提升到 3D。比例、摄像机和地面均为估计值，而非测量值。

MIT 许可证。所用组件的许可证见 THIRD_PARTY.md。</translation>
    </message>
</context>
<context>
    <name>progress_meter</name>
    <message>
        <source>{minutes} min {seconds:02d} s</source>
        <translation>{minutes} 分 {seconds:02d} 秒</translation>
    </message>
    <message>
        <source>{hours} h {minutes:02d} min</source>
        <translation>{hours} 小时 {minutes:02d} 分</translation>
    </message>
</context>
<context>
    <name>pruning_settings</name>
    <message>
        <source>, then </source>
        <translation>，然后 </translation>
    </message>
    <message>
        <source>only {kept} frames can stay, chosen by TPC</source>
        <translation>只能保留由 TPC 选出的 {kept} 帧</translation>
    </message>
    <message>
        <source>it was not trained for TPC with TRA</source>
        <translation>它未针对 TPC 与 TRA 的组合训练</translation>
    </message>
    <message>
        <source>This lifter cannot do that: {what}.</source>
        <translation>此提升器无法做到：{what}。</translation>
    </message>
    <message>
        <source>a recipe that does not fit</source>
        <translation>不适用的方案</translation>
    </message>
</context>
<context>
    <name>settings_panel</name>
    <message>
        <source>field of view {fov_deg:.0f}°</source>
        <translation>视场角 {fov_deg:.0f}°</translation>
    </message>
    <message>
        <source>tilt {pitch_deg}°</source>
        <translation>俯仰 {pitch_deg}°</translation>
    </message>
    <message>
        <source>roll {roll_deg}°</source>
        <translation>滚转 {roll_deg}°</translation>
    </message>
    <message>
        <source>height</source>
        <translation>身高</translation>
    </message>
    <message>
        <source>Estimates, not measurements: {values}.</source>
        <translation>估计值，非测量值：{values}。</translation>
    </message>
    <message>
        <source>Face found in {percent:.0f} % of the frames.</source>
        <translation>在 {percent:.0f} % 的帧中检测到面部。</translation>
    </message>
</context>
<context>
    <name>take_rows</name>
    <message>
        <source>Person {number}</source>
        <translation>人物 {number}</translation>
    </message>
</context>
<context>
    <name>wording</name>
    <message>
        <source>In a terminal, {script} --reinstall puts all packages back.</source>
        <translation>在终端中运行 {script} --reinstall 可重新安装所有软件包。</translation>
    </message>
    <message>
        <source>The list of models has a Download button for {name}.</source>
        <translation>模型列表中有 {name} 的下载按钮。</translation>
    </message>
    <message>
        <source>In the window: {controls}.</source>
        <translation>窗口中的项目：{controls}。</translation>
    </message>
</context>
</TS>
