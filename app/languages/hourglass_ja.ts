<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>&amp;Open…</source>
        <translation>開く(&amp;O)…</translation>
    </message>
    <message>
        <source>Open a video, 2D joints or a saved take</source>
        <translation>動画、2D 関節、または保存したテイクを開く</translation>
    </message>
    <message>
        <source>Open a &amp;folder…</source>
        <translation>フォルダーを開く(&amp;F)…</translation>
    </message>
    <message>
        <source>Numbered images, videos or 2D joints</source>
        <translation>連番画像、動画、または 2D 関節</translation>
    </message>
    <message>
        <source>Open the &amp;sample video</source>
        <translation>サンプル動画を開く(&amp;S)</translation>
    </message>
    <message>
        <source>Two people, one of them jumps</source>
        <translation>2 人のうち 1 人がジャンプします</translation>
    </message>
    <message>
        <source>Open &amp;camera or stream…</source>
        <translation>カメラまたはストリームを開く(&amp;C)…</translation>
    </message>
    <message>
        <source>A webcam or a network stream</source>
        <translation>ウェブカメラまたはネットワークストリーム</translation>
    </message>
    <message>
        <source>Open a re&amp;cording…</source>
        <translation>録画を開く(&amp;C)…</translation>
    </message>
    <message>
        <source>Also one that was interrupted</source>
        <translation>中断された録画も開けます</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>録画(&amp;R)</translation>
    </message>
    <message>
        <source>Record the live run, and lift it again afterwards</source>
        <translation>ライブを録画し、終了後にもう一度リフティングする</translation>
    </message>
    <message>
        <source>S&amp;top live</source>
        <translation>ライブを停止(&amp;T)</translation>
    </message>
    <message>
        <source>End the live run</source>
        <translation>ライブを終了する</translation>
    </message>
    <message>
        <source>&amp;Mirror the camera&apos;s picture</source>
        <translation>カメラ映像を左右反転(&amp;M)</translation>
    </message>
    <message>
        <source>Only the picture: 3D stays as it is</source>
        <translation>映像のみ: 3D は変わりません</translation>
    </message>
    <message>
        <source>&amp;Save take</source>
        <translation>テイクを保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save everything that was found as one .pose3d file</source>
        <translation>検出結果をすべて 1 つの .pose3d ファイルに保存する</translation>
    </message>
    <message>
        <source>Save take &amp;as…</source>
        <translation>名前を付けてテイクを保存(&amp;A)…</translation>
    </message>
    <message>
        <source>Save to another .pose3d file</source>
        <translation>別の .pose3d ファイルに保存する</translation>
    </message>
    <message>
        <source>Put on a &amp;character…</source>
        <translation>キャラクターに適用(&amp;C)…</translation>
    </message>
    <message>
        <source>Move your own VRM, glTF, FBX or BVH by this take</source>
        <translation>このテイクで自分の VRM、glTF、FBX、BVH を動かす</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>エクスポート(&amp;E)…</translation>
    </message>
    <message>
        <source>Export to BVH, CSV and more</source>
        <translation>BVH、CSV などへエクスポートする</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>終了(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>実行(&amp;R)</translation>
    </message>
    <message>
        <source>Find the people and lift them to 3D</source>
        <translation>人物を検出して 3D にリフティングする</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>キャンセル(&amp;C)</translation>
    </message>
    <message>
        <source>Stop the run, or dismiss the message</source>
        <translation>実行を中止する、またはメッセージを閉じる</translation>
    </message>
    <message>
        <source>Lift &amp;everyone</source>
        <translation>全員をリフティング(&amp;E)</translation>
    </message>
    <message>
        <source>Lift everybody in the picture, not only one person</source>
        <translation>1 人だけでなく、画面内の全員をリフティングする</translation>
    </message>
    <message>
        <source>Next &amp;person</source>
        <translation>次の人物(&amp;P)</translation>
    </message>
    <message>
        <source>Follow the next person</source>
        <translation>次の人物を追跡する</translation>
    </message>
    <message>
        <source>&amp;Compare recipes</source>
        <translation>レシピを比較(&amp;C)</translation>
    </message>
    <message>
        <source>Lift the same 2D with a second recipe and show it as a ghost</source>
        <translation>同じ 2D を別のレシピでリフティングし、ゴーストとして表示する</translation>
    </message>
    <message>
        <source>Li&amp;fters…</source>
        <translation>リフター(&amp;F)…</translation>
    </message>
    <message>
        <source>Which lifters there are; add a checkpoint file</source>
        <translation>リフターの一覧。チェックポイントファイルの追加</translation>
    </message>
    <message>
        <source>2D &amp;detectors…</source>
        <translation>2D 検出器(&amp;D)…</translation>
    </message>
    <message>
        <source>Which 2D detectors there are; get their weights</source>
        <translation>2D 検出器の一覧。重みの取得</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>再生(&amp;P)</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>再生または一時停止</translation>
    </message>
    <message>
        <source>One frame &amp;back</source>
        <translation>1 フレーム戻る(&amp;B)</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>1 フレーム戻る</translation>
    </message>
    <message>
        <source>One frame &amp;forward</source>
        <translation>1 フレーム進む(&amp;F)</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>1 フレーム進む</translation>
    </message>
    <message>
        <source>Ten frames back</source>
        <translation>10 フレーム戻る</translation>
    </message>
    <message>
        <source>Ten frames forward</source>
        <translation>10 フレーム進む</translation>
    </message>
    <message>
        <source>To the &amp;start</source>
        <translation>先頭へ(&amp;S)</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>先頭へ</translation>
    </message>
    <message>
        <source>To the &amp;end</source>
        <translation>末尾へ(&amp;E)</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>末尾へ</translation>
    </message>
    <message>
        <source>&amp;Slower</source>
        <translation>遅く(&amp;S)</translation>
    </message>
    <message>
        <source>Fas&amp;ter</source>
        <translation>速く(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Loop</source>
        <translation>ループ(&amp;L)</translation>
    </message>
    <message>
        <source>Start again at the end</source>
        <translation>末尾まで来たら先頭から再生する</translation>
    </message>
    <message>
        <source>Start &amp;here</source>
        <translation>ここから開始(&amp;H)</translation>
    </message>
    <message>
        <source>Cut everything before this frame</source>
        <translation>このフレームより前を切り取る</translation>
    </message>
    <message>
        <source>End h&amp;ere</source>
        <translation>ここで終了(&amp;E)</translation>
    </message>
    <message>
        <source>Cut everything after this frame</source>
        <translation>このフレームより後を切り取る</translation>
    </message>
    <message>
        <source>Use the &amp;whole video</source>
        <translation>動画全体を使う(&amp;W)</translation>
    </message>
    <message>
        <source>Undo the cuts</source>
        <translation>切り取りを取り消す</translation>
    </message>
    <message>
        <source>2D &amp;joints over the video</source>
        <translation>動画に 2D 関節を重ねる(&amp;J)</translation>
    </message>
    <message>
        <source>Show the detected joints</source>
        <translation>検出した関節を表示する</translation>
    </message>
    <message>
        <source>&amp;Other people</source>
        <translation>ほかの人物(&amp;O)</translation>
    </message>
    <message>
        <source>Show the other people&apos;s joints too</source>
        <translation>ほかの人物の関節も表示する</translation>
    </message>
    <message>
        <source>Ha&amp;nds</source>
        <translation>手(&amp;N)</translation>
    </message>
    <message>
        <source>Show hands over the video and in 3D</source>
        <translation>動画と 3D に手を表示します</translation>
    </message>
    <message>
        <source>Fa&amp;ce</source>
        <translation>顔(&amp;C)</translation>
    </message>
    <message>
        <source>Show faces over the video and their expressions in 3D</source>
        <translation>動画に顔を、3D に表情を表示します</translation>
    </message>
    <message>
        <source>&amp;Error halos</source>
        <translation>誤差の範囲(&amp;E)</translation>
    </message>
    <message>
        <source>Show around every joint how far off it may be: nine of ten true joints lie in their halo</source>
        <translation>各関節のずれの範囲を表示します。10 回に 9 回は真の関節がこの範囲に入ります</translation>
    </message>
    <message>
        <source>&amp;Follow the person</source>
        <translation>人物を追跡(&amp;F)</translation>
    </message>
    <message>
        <source>Keep the person in the middle</source>
        <translation>人物を中央に保つ</translation>
    </message>
    <message>
        <source>F&amp;loor</source>
        <translation>床(&amp;L)</translation>
    </message>
    <message>
        <source>Show the floor</source>
        <translation>床を表示する</translation>
    </message>
    <message>
        <source>F&amp;ront</source>
        <translation>正面(&amp;R)</translation>
    </message>
    <message>
        <source>From the front</source>
        <translation>正面から</translation>
    </message>
    <message>
        <source>&amp;Side</source>
        <translation>側面(&amp;S)</translation>
    </message>
    <message>
        <source>From the side</source>
        <translation>側面から</translation>
    </message>
    <message>
        <source>&amp;Top</source>
        <translation>上(&amp;T)</translation>
    </message>
    <message>
        <source>From above</source>
        <translation>上から</translation>
    </message>
    <message>
        <source>As the &amp;camera saw it</source>
        <translation>カメラの視点(&amp;C)</translation>
    </message>
    <message>
        <source>As the camera saw it</source>
        <translation>カメラの視点</translation>
    </message>
    <message>
        <source>&amp;Reset the view</source>
        <translation>視点をリセット(&amp;R)</translation>
    </message>
    <message>
        <source>Back to the three-quarter view (or double-click)</source>
        <translation>斜めの視点に戻す (ダブルクリックでも可)</translation>
    </message>
    <message>
        <source>Frame &amp;all</source>
        <translation>全員を表示(&amp;A)</translation>
    </message>
    <message>
        <source>Show everybody over the whole take</source>
        <translation>テイク全体にわたって全員を表示する</translation>
    </message>
    <message>
        <source>Frame the &amp;person</source>
        <translation>人物を表示(&amp;P)</translation>
    </message>
    <message>
        <source>Show this person over the whole take</source>
        <translation>テイク全体にわたってこの人物を表示する</translation>
    </message>
    <message>
        <source>&amp;Curves, people, findings</source>
        <translation>カーブ、人物、検出事項(&amp;C)</translation>
    </message>
    <message>
        <source>Curves, people and findings</source>
        <translation>カーブ、人物、検出事項</translation>
    </message>
    <message>
        <source>&amp;Horizon</source>
        <translation>水平線(&amp;H)</translation>
    </message>
    <message>
        <source>Show the horizon: drag it to set the camera&apos;s tilt and roll</source>
        <translation>水平線を表示する: ドラッグしてカメラの傾きとロールを設定</translation>
    </message>
    <message>
        <source>&amp;Correct joints</source>
        <translation>関節を修正(&amp;C)</translation>
    </message>
    <message>
        <source>Drag the person&apos;s 2D joints to where they are</source>
        <translation>人物の2D関節を正しい位置へドラッグします</translation>
    </message>
    <message>
        <source>Ne&amp;xt doubtful place</source>
        <translation>次の疑わしい箇所(&amp;X)</translation>
    </message>
    <message>
        <source>Go to the next place where the person&apos;s joints may be wrong</source>
        <translation>人物の関節が誤っている可能性のある次の箇所へ移動します</translation>
    </message>
    <message>
        <source>Pre&amp;vious doubtful place</source>
        <translation>前の疑わしい箇所(&amp;V)</translation>
    </message>
    <message>
        <source>Go back to the place before where the person&apos;s joints may be wrong</source>
        <translation>人物の関節が誤っている可能性のある前の箇所へ戻ります</translation>
    </message>
    <message>
        <source>Re&amp;name this person…</source>
        <translation>この人物の名前を変更(&amp;N)…</translation>
    </message>
    <message>
        <source>S&amp;plit this person here</source>
        <translation>この人物をここで分割(&amp;P)</translation>
    </message>
    <message>
        <source>Another person from this frame on</source>
        <translation>このフレームから別の人物にする</translation>
    </message>
    <message>
        <source>E&amp;xchange left and right</source>
        <translation>左右を入れ替え(&amp;X)</translation>
    </message>
    <message>
        <source>Correct a detector that swapped left and right: the person is lifted again</source>
        <translation>検出器による左右の取り違えを直します。この人物はもう一度リフティングされます</translation>
    </message>
    <message>
        <source>&amp;Delete this person</source>
        <translation>この人物を削除(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>元に戻す(&amp;U)</translation>
    </message>
    <message>
        <source>Undo the last change to the people</source>
        <translation>人物に対する最後の変更を元に戻す</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>やり直す(&amp;R)</translation>
    </message>
    <message>
        <source>Make the change again that was undone last</source>
        <translation>最後に取り消した変更をもう一度行う</translation>
    </message>
    <message>
        <source>Se&amp;ttings</source>
        <translation>設定(&amp;T)</translation>
    </message>
    <message>
        <source>Show or hide the settings</source>
        <translation>設定を表示または非表示にする</translation>
    </message>
    <message>
        <source>&amp;Keyboard and mouse</source>
        <translation>キーボードとマウス(&amp;K)</translation>
    </message>
    <message>
        <source>Show the &amp;log file</source>
        <translation>ログファイルを表示(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;About Hourglass</source>
        <translation>Hourglass について(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>ファイル(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Live</source>
        <translation>ライブ(&amp;L)</translation>
    </message>
    <message>
        <source>P&amp;eople</source>
        <translation>人物(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>再生(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>表示(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>ヘルプ(&amp;H)</translation>
    </message>
    <message>
        <source>Open a video first.</source>
        <translation>先に動画を開いてください。</translation>
    </message>
    <message>
        <source>Stop the live run first.</source>
        <translation>先にライブを停止してください。</translation>
    </message>
    <message>
        <source>Only during a live run.</source>
        <translation>ライブ中のみ使えます。</translation>
    </message>
    <message>
        <source>Wait for the end of the run, or cancel it.</source>
        <translation>実行が終わるまで待つか、キャンセルしてください。</translation>
    </message>
    <message>
        <source>Press Run first: there is no skeleton yet.</source>
        <translation>先に「実行」を押してください。まだスケルトンがありません。</translation>
    </message>
    <message>
        <source>The video is not where it was, and a run needs it.</source>
        <translation>動画が元の場所になく、実行に必要です。</translation>
    </message>
    <message>
        <source>There is only one person.</source>
        <translation>人物が 1 人しかいません。</translation>
    </message>
    <message>
        <source>No change to the people can be undone.</source>
        <translation>元に戻せる人物の変更がありません。</translation>
    </message>
    <message>
        <source>Nothing was undone.</source>
        <translation>取り消した変更はありません。</translation>
    </message>
    <message>
        <source>Nothing is running.</source>
        <translation>実行中のものはありません。</translation>
    </message>
    <message>
        <source>Human3.6M (official checkpoints)</source>
        <translation>Human3.6M (公式チェックポイント)</translation>
    </message>
    <message>
        <source>Hourglass (trained with this program)</source>
        <translation>Hourglass (このプログラムで学習)</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>身長</translation>
    </message>
    <message>
        <source>Field of view</source>
        <translation>画角</translation>
    </message>
    <message>
        <source>Tilt down</source>
        <translation>下向きの傾き</translation>
    </message>
    <message>
        <source>Roll</source>
        <translation>ロール</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>平滑化</translation>
    </message>
    <message>
        <source>2D detector</source>
        <translation>2D 検出器</translation>
    </message>
    <message>
        <source>3D lifter</source>
        <translation>3D リフター</translation>
    </message>
    <message>
        <source>Recorded at</source>
        <translation>撮影レート</translation>
    </message>
    <message>
        <source>Turning camera</source>
        <translation>カメラの旋回</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>計算デバイス</translation>
    </message>
    <message>
        <source>Token pruning</source>
        <translation>トークン枝刈り</translation>
    </message>
    <message>
        <source>People at most</source>
        <translation>最大人数</translation>
    </message>
    <message>
        <source>Look-ahead</source>
        <translation>先読み</translation>
    </message>
    <message>
        <source>Turn the 3D view</source>
        <translation>3D ビューを回転</translation>
    </message>
    <message>
        <source>Move the 3D view</source>
        <translation>3D ビューを移動</translation>
    </message>
    <message>
        <source>Shift + drag, or right drag</source>
        <translation>Shift + ドラッグ、または右ドラッグ</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>ズーム</translation>
    </message>
    <message>
        <source>Reset the 3D view</source>
        <translation>3D ビューをリセット</translation>
    </message>
    <message>
        <source>Choose a person</source>
        <translation>人物を選ぶ</translation>
    </message>
    <message>
        <source>click on them in the video</source>
        <translation>動画内の人物をクリック</translation>
    </message>
    <message>
        <source>Choose a person in the timeline</source>
        <translation>タイムラインで人物を選ぶ</translation>
    </message>
    <message>
        <source>click on their lane</source>
        <translation>人物のレーンをクリック</translation>
    </message>
    <message>
        <source>Rename a person</source>
        <translation>人物の名前を変更</translation>
    </message>
    <message>
        <source>double-click on their lane or in the list of people</source>
        <translation>レーンまたは人物一覧でダブルクリック</translation>
    </message>
    <message>
        <source>Rename, split, merge, exchange sides</source>
        <translation>名前の変更、分割、統合、左右の入れ替え</translation>
    </message>
    <message>
        <source>right click on a lane or in the list of people</source>
        <translation>レーンまたは人物一覧で右クリック</translation>
    </message>
    <message>
        <source>Zoom the curves</source>
        <translation>カーブをズーム</translation>
    </message>
    <message>
        <source>wheel; double-click for all</source>
        <translation>ホイール。ダブルクリックで全体</translation>
    </message>
    <message>
        <source>Tilt and roll</source>
        <translation>傾きとロール</translation>
    </message>
    <message>
        <source>drag the horizon; double-click for the estimate</source>
        <translation>水平線をドラッグ。ダブルクリックで推定値</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>準備中</translation>
    </message>
    <message>
        <source>Finding people</source>
        <translation>人物を検出中</translation>
    </message>
    <message>
        <source>Lifting to 3D</source>
        <translation>3D にリフティング中</translation>
    </message>
    <message>
        <source>Finishing</source>
        <translation>仕上げ中</translation>
    </message>
    <message>
        <source>name of person {}</source>
        <translation>人物 {} の名前</translation>
    </message>
    <message>
        <source>deleting person {}</source>
        <translation>人物 {} の削除</translation>
    </message>
    <message>
        <source>merging {1} into {0}</source>
        <translation>{1} を {0} に統合</translation>
    </message>
    <message>
        <source>splitting person {}</source>
        <translation>人物 {} の分割</translation>
    </message>
    <message>
        <source>correction of person {}</source>
        <translation>人物{}の修正</translation>
    </message>
    <message>
        <source>exchanging sides of person {}</source>
        <translation>人物 {} の左右の入れ替え</translation>
    </message>
    <message>
        <source>Mean over the joints, both pelvises on the same place: the difference of the two poses, not an error.</source>
        <translation>骨盤を同じ位置に合わせた関節の平均: 2 つの姿勢の差であり、誤差ではありません。</translation>
    </message>
    <message>
        <source>mmpose::body_2d_keypoint/…/name.py, or the path of a config file</source>
        <translation>mmpose::body_2d_keypoint/…/name.py、または設定ファイルのパス</translation>
    </message>
    <message>
        <source>Your own network of MMPose: say its config here, then choose its checkpoint file.</source>
        <translation>独自の MMPose ネットワーク: ここに設定を入力し、次にチェックポイントファイルを選びます。</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>インストール済み</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>破損</translation>
    </message>
    <message>
        <source>Lifter</source>
        <translation>リフター</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>ネットワーク</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>フレーム数</translation>
    </message>
    <message>
        <source>Trained pruning</source>
        <translation>学習時の枝刈り</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>Drop a checkpoint file here to add it: {suffixes}</source>
        <translation>ここにチェックポイントファイルをドロップして追加: {suffixes}</translation>
    </message>
    <message>
        <source>No camera found. Plug one in and look again, or give an address or a file.</source>
        <translation>カメラが見つかりません。接続して再検索するか、アドレスまたはファイルを指定してください。</translation>
    </message>
    <message>
        <source>Camera, or rtsp://…, http://…, udp://…, or a video file</source>
        <translation>カメラ、rtsp://…、http://…、udp://…、または動画ファイル</translation>
    </message>
    <message>
        <source>Find expressions of faces, too, and send them to other programs and avatars.</source>
        <translation>顔の表情も検出し、他のプログラムやアバターに送信します。</translation>
    </message>
    <message>
        <source>Not seen</source>
        <translation>未検出</translation>
    </message>
    <message>
        <source>Sides exchanged</source>
        <translation>左右の入れ替わり</translation>
    </message>
    <message>
        <source>Sides may be exchanged throughout</source>
        <translation>全体を通して左右が逆の可能性</translation>
    </message>
    <message>
        <source>Knee or elbow bent backward</source>
        <translation>膝または肘が逆向きに曲がっている</translation>
    </message>
    <message>
        <source>Sudden turn</source>
        <translation>急な回転</translation>
    </message>
    <message>
        <source>Possibly the same person</source>
        <translation>同じ人物の可能性</translation>
    </message>
    <message>
        <source>Camera upside down or on its side</source>
        <translation>カメラが上下逆または横向き</translation>
    </message>
    <message>
        <source>Uncertain</source>
        <translation>不確か</translation>
    </message>
    <message>
        <source>filled in</source>
        <translation>補間済み</translation>
    </message>
    <message>
        <source>smoothed</source>
        <translation>平滑化済み</translation>
    </message>
    <message>
        <source>repaired</source>
        <translation>修正済み</translation>
    </message>
    <message>
        <source>please check</source>
        <translation>要確認</translation>
    </message>
    <message>
        <source>Nothing to report: gaps, exchanged sides, backward joints and sudden turns would be listed here.</source>
        <translation>報告事項はありません。欠落、左右の入れ替わり、逆向きの関節、急な回転があればここに表示されます。</translation>
    </message>
    <message>
        <source>Later frames make a skeleton surer: it is then so much older than the picture. This delay is chosen; the latency on the left is what the machine takes.</source>
        <translation>後のフレームを使うとスケルトンが確かになりますが、その分だけ映像より遅れます。この遅延は設定によるもので、左の遅延はマシンの処理時間です。</translation>
    </message>
    <message>
        <source>Other programs move with the person: vmc://HOST:PORT for avatars, vrchat:// and vmt:// for trackers, osc://, udp://, ws:// and lsl://. Several addresses with spaces between.</source>
        <translation>ほかのプログラムを人物の動きに連動させます: アバターには vmc://ホスト:ポート、トラッカーには vrchat:// と vmt://、ほかに osc://、udp://、ws://、lsl://。複数のアドレスは空白で区切ります。</translation>
    </message>
    <message>
        <source>Find the fingers of both hands, too, and send them to other programs. Fewer frames a second are then detected.</source>
        <translation>両手の指も検出し、ほかのプログラムに送ります。そのぶん、1 秒あたりに検出できるフレームが減ります。</translation>
    </message>
    <message>
        <source>This computer offers no OpenGL 2.1, which the 3D view needs.
Update the graphics driver. Everything else works, export included.</source>
        <translation>このコンピューターでは 3D ビューに必要な OpenGL 2.1 が使えません。
グラフィックドライバーを更新してください。エクスポートを含むほかの機能は使えます。</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>修正</translation>
    </message>
    <message>
        <source>Only list</source>
        <translation>一覧のみ</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>そのまま</translation>
    </message>
    <message>
        <source>Adaptive</source>
        <translation>適応型</translation>
    </message>
    <message>
        <source>Butterworth</source>
        <translation>バターワース</translation>
    </message>
    <message>
        <source>Savitzky-Golay</source>
        <translation>サビツキー・ゴレイ</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Low-pass</source>
        <translation>ローパス</translation>
    </message>
    <message>
        <source>How the movement is smoothed. Adaptive smooths slow joints more and leaves fast ones alone. None of them delays the movement.</source>
        <translation>動きの平滑化の方法。適応型は遅い関節を強く平滑化し、速い関節はそのままにします。いずれも動きを遅らせません。</translation>
    </message>
    <message>
        <source>One body</source>
        <translation>全身を一括</translation>
    </message>
    <message>
        <source>Bone by bone</source>
        <translation>骨ごと</translation>
    </message>
    <message>
        <source>As lifted</source>
        <translation>リフティングのまま</translation>
    </message>
    <message>
        <source>Bone lengths</source>
        <translation>骨の長さ</translation>
    </message>
    <message>
        <source>One body: constant lengths, fitted to all joints at once. Bone by bone: constant lengths along the lifted directions. As lifted: lengths change from frame to frame.</source>
        <translation>全身を一括: 全関節に同時に合わせた一定の長さ。骨ごと: リフティングされた方向に沿った一定の長さ。リフティングのまま: 長さはフレームごとに変わります。</translation>
    </message>
    <message>
        <source>Exchanged sides</source>
        <translation>左右の入れ替わり</translation>
    </message>
    <message>
        <source>Frames in which the detector took the left for the right. What was found is listed under Findings.</source>
        <translation>検出器が左右を取り違えたフレーム。見つかったものは「検出事項」に表示されます。</translation>
    </message>
    <message>
        <source>Backward joints</source>
        <translation>逆向きの関節</translation>
    </message>
    <message>
        <source>Knees and elbows that bend the wrong way. What was found is listed under Findings.</source>
        <translation>逆向きに曲がった膝と肘。見つかったものは「検出事項」に表示されます。</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>追従</translation>
    </message>
    <message>
        <source>Ignore</source>
        <translation>無視</translation>
    </message>
    <message>
        <source>A camera that pans, tilts or shakes on its tripod is measured by the background. Follow: paths and the direction of gravity are corrected for it. Ignore: as if it stood still.</source>
        <translation>三脚の上で左右・上下に動く、または揺れるカメラは、背景から測定されます。追従：経路と重力の方向を補正します。無視：静止しているものとして扱います。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>常に</translation>
    </message>
    <message>
        <source>On the floor</source>
        <translation>床の上</translation>
    </message>
    <message>
        <source>Standing feet</source>
        <translation>接地している足</translation>
    </message>
    <message>
        <source>Feet that stand do not slide. Automatic: where a contact can be believed. Always: every contact. On the floor: as automatic, and feet near the floor stand on it.</source>
        <translation>立っている足は滑りません。自動: 接地が確かな箇所。常に: すべての接地。床の上: 自動に加え、床に近い足を床に立たせます。</translation>
    </message>
    <message>
        <source>Hips</source>
        <translation>腰幅</translation>
    </message>
    <message>
        <source>Spine</source>
        <translation>脊椎</translation>
    </message>
    <message>
        <source>Chest</source>
        <translation>胸</translation>
    </message>
    <message>
        <source>Upper chest</source>
        <translation>上胸</translation>
    </message>
    <message>
        <source>Neck</source>
        <translation>首</translation>
    </message>
    <message>
        <source>Left eye</source>
        <translation>左目</translation>
    </message>
    <message>
        <source>Right eye</source>
        <translation>右目</translation>
    </message>
    <message>
        <source>Jaw</source>
        <translation>顎</translation>
    </message>
    <message>
        <source>Lower arm</source>
        <translation>前腕</translation>
    </message>
    <message>
        <source>Hand</source>
        <translation>手</translation>
    </message>
    <message>
        <source>Upper leg</source>
        <translation>上腿</translation>
    </message>
    <message>
        <source>Lower leg</source>
        <translation>下腿</translation>
    </message>
    <message>
        <source>Foot</source>
        <translation>足</translation>
    </message>
    <message>
        <source>Toes</source>
        <translation>つま先</translation>
    </message>
    <message>
        <source>Thumb</source>
        <translation>親指</translation>
    </message>
    <message>
        <source>Index finger</source>
        <translation>人差し指</translation>
    </message>
    <message>
        <source>Middle finger</source>
        <translation>中指</translation>
    </message>
    <message>
        <source>Ring finger</source>
        <translation>薬指</translation>
    </message>
    <message>
        <source>Little finger</source>
        <translation>小指</translation>
    </message>
    <message>
        <source>Left arm</source>
        <translation>左腕</translation>
    </message>
    <message>
        <source>Left leg</source>
        <translation>左脚</translation>
    </message>
    <message>
        <source>Fingers of the left hand</source>
        <translation>左手の指</translation>
    </message>
    <message>
        <source>Right arm</source>
        <translation>右腕</translation>
    </message>
    <message>
        <source>Right leg</source>
        <translation>右脚</translation>
    </message>
    <message>
        <source>Fingers of the right hand</source>
        <translation>右手の指</translation>
    </message>
    <message>
        <source>Between the hip joints</source>
        <translation>左右の股関節の間</translation>
    </message>
    <message>
        <source>Thigh</source>
        <translation>大腿</translation>
    </message>
    <message>
        <source>From hip to knee</source>
        <translation>股関節から膝まで</translation>
    </message>
    <message>
        <source>Shank</source>
        <translation>下腿</translation>
    </message>
    <message>
        <source>From knee to ankle</source>
        <translation>膝から足首まで</translation>
    </message>
    <message>
        <source>Trunk</source>
        <translation>体幹</translation>
    </message>
    <message>
        <source>From hips to shoulders</source>
        <translation>腰から肩まで</translation>
    </message>
    <message>
        <source>Shoulders</source>
        <translation>肩幅</translation>
    </message>
    <message>
        <source>Between the shoulder joints</source>
        <translation>左右の肩関節の間</translation>
    </message>
    <message>
        <source>Upper arm</source>
        <translation>上腕</translation>
    </message>
    <message>
        <source>From shoulder to elbow</source>
        <translation>肩から肘まで</translation>
    </message>
    <message>
        <source>Forearm</source>
        <translation>前腕</translation>
    </message>
    <message>
        <source>From elbow to wrist</source>
        <translation>肘から手首まで</translation>
    </message>
    <message>
        <source>As the lifter was trained</source>
        <translation>リフターの学習時と同じ</translation>
    </message>
    <message>
        <source>Nothing: every frame</source>
        <translation>なし: 全フレーム</translation>
    </message>
    <message>
        <source>TPS: evenly spread frames</source>
        <translation>TPS: 等間隔のフレーム</translation>
    </message>
    <message>
        <source>TPC: one of each cluster</source>
        <translation>TPC: クラスターごとに 1 つ</translation>
    </message>
    <message>
        <source>TPA: most attended frames</source>
        <translation>TPA: アテンションの高いフレーム</translation>
    </message>
    <message>
        <source>TPMo: frames of most motion</source>
        <translation>TPMo: 動きの大きいフレーム</translation>
    </message>
    <message>
        <source>TRI: in between, straight</source>
        <translation>TRI: 線形補間</translation>
    </message>
    <message>
        <source>TRA: learned tokens</source>
        <translation>TRA: 学習済みトークン</translation>
    </message>
    <message>
        <source>None: centre frame only</source>
        <translation>なし: 中央フレームのみ</translation>
    </message>
    <message>
        <source>Neighbouring frames say nearly the same: dropping some inside the lifter makes it faster.</source>
        <translation>隣り合うフレームはほぼ同じ情報を持つため、リフター内で一部を省くと速くなります。</translation>
    </message>
    <message>
        <source>Lifts the same 2D a second time and shows it as a ghost. It is never saved or exported.</source>
        <translation>同じ 2D をもう一度リフティングし、ゴーストとして表示します。保存やエクスポートはされません。</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>プロセッサー (CPU)</translation>
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
        <translation>ダーク(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>ライト(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation>システムに合わせる(&amp;A)</translation>
    </message>
    <message>
        <source>Animation</source>
        <translation>アニメーション</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>データ</translation>
    </message>
    <message>
        <source>Biomechanics</source>
        <translation>バイオメカニクス</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>動画</translation>
    </message>
    <message>
        <source>BVH motion (Blender, Unity, Unreal, Maya)</source>
        <translation>BVH モーション (Blender、Unity、Unreal、Maya)</translation>
    </message>
    <message>
        <source>glTF with a human body (.glb)</source>
        <translation>glTF、人体付き (.glb)</translation>
    </message>
    <message>
        <source>FBX with a human body (Unity, Unreal; by Blender)</source>
        <translation>FBX、人体付き (Unity、Unreal)</translation>
    </message>
    <message>
        <source>USD with a human body (.usdc)</source>
        <translation>USD、人体付き (.usdc)</translation>
    </message>
    <message>
        <source>CSV, one row a frame, person and joint</source>
        <translation>CSV (フレーム・人物・関節ごとに 1 行)</translation>
    </message>
    <message>
        <source>CSV, one row a frame</source>
        <translation>CSV (フレームごとに 1 行)</translation>
    </message>
    <message>
        <source>CSV as DeepLabCut writes it</source>
        <translation>CSV (DeepLabCut 形式)</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>NumPy arrays (.npz)</source>
        <translation>NumPy 配列 (.npz)</translation>
    </message>
    <message>
        <source>OpenPose JSON of the 2D joints (zipped)</source>
        <translation>2D 関節の OpenPose JSON (ZIP)</translation>
    </message>
    <message>
        <source>MOT joint angles (OpenSim)</source>
        <translation>MOT 関節角度 (OpenSim)</translation>
    </message>
    <message>
        <source>CSV of the joint angles</source>
        <translation>関節角度の CSV</translation>
    </message>
    <message>
        <source>Video with the joints over it (.mp4)</source>
        <translation>関節を重ねた動画 (.mp4)</translation>
    </message>
    <message>
        <source>Video beside the skeleton (.mp4)</source>
        <translation>スケルトンと並べた動画 (.mp4)</translation>
    </message>
    <message>
        <source>TRC markers (OpenSim, Pose2Sim)</source>
        <translation>TRC マーカー (OpenSim、Pose2Sim)</translation>
    </message>
    <message>
        <source>C3D markers (Mokka, Visual3D, MATLAB)</source>
        <translation>C3D マーカー (Mokka、Visual3D、MATLAB)</translation>
    </message>
    <message>
        <source>Bone names for</source>
        <translation>骨の名前</translation>
    </message>
    <message>
        <source>Blender (Hips, LeftArm)</source>
        <translation>Blender (Hips, LeftArm)</translation>
    </message>
    <message>
        <source>Unity, VRM (LeftUpperArm)</source>
        <translation>Unity、VRM (LeftUpperArm)</translation>
    </message>
    <message>
        <source>Unreal (upperarm_l)</source>
        <translation>Unreal (upperarm_l)</translation>
    </message>
    <message>
        <source>Unreal 5, MetaHuman (root, spine_05, ik bones)</source>
        <translation>Unreal 5、MetaHuman（root、spine_05、IK ボーン）</translation>
    </message>
    <message>
        <source>Mixamo (mixamorig:LeftArm)</source>
        <translation>Mixamo (mixamorig:LeftArm)</translation>
    </message>
    <message>
        <source>Rigify&apos;s metarig (upper_arm.L)</source>
        <translation>Rigify のメタリグ (upper_arm.L)</translation>
    </message>
    <message>
        <source>BVH unit</source>
        <translation>BVH の単位</translation>
    </message>
    <message>
        <source>Centimetres</source>
        <translation>センチメートル</translation>
    </message>
    <message>
        <source>Metres</source>
        <translation>メートル</translation>
    </message>
    <message>
        <source>Travel of the body</source>
        <translation>身体の移動</translation>
    </message>
    <message>
        <source>as filmed</source>
        <translation>撮影どおり</translation>
    </message>
    <message>
        <source>on the spot</source>
        <translation>その場</translation>
    </message>
    <message>
        <source>T-pose as first frame (BVH)</source>
        <translation>最初のフレームを T ポーズに (BVH)</translation>
    </message>
    <message>
        <source>Report with checks</source>
        <translation>検査レポート</translation>
    </message>
    <message>
        <source>no</source>
        <translation>いいえ</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>あり</translation>
    </message>
    <message>
        <source>Joint angle</source>
        <translation>関節角度</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Height above the floor</source>
        <translation>床からの高さ</translation>
    </message>
    <message>
        <source>Position across the image</source>
        <translation>画像の横方向の位置</translation>
    </message>
    <message>
        <source>Position away from the camera</source>
        <translation>カメラからの奥行き</translation>
    </message>
    <message>
        <source>Hip flexion</source>
        <translation>股関節屈曲</translation>
    </message>
    <message>
        <source>Hip abduction</source>
        <translation>股関節外転</translation>
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
        <translation>肩外転</translation>
    </message>
    <message>
        <source>Elbow flexion</source>
        <translation>肘屈曲</translation>
    </message>
    <message>
        <source>Ankle flexion</source>
        <translation>足関節屈曲</translation>
    </message>
    <message>
        <source>Ankle abduction</source>
        <translation>足関節外転</translation>
    </message>
    <message>
        <source>Foot progression</source>
        <translation>足部進行角</translation>
    </message>
    <message>
        <source>Trunk tilt</source>
        <translation>体幹前傾</translation>
    </message>
    <message>
        <source>Trunk list</source>
        <translation>体幹側屈</translation>
    </message>
    <message>
        <source>Trunk rotation</source>
        <translation>体幹回旋</translation>
    </message>
    <message>
        <source>Lumbar bending</source>
        <translation>腰部側屈</translation>
    </message>
    <message>
        <source>Lumbar rotation</source>
        <translation>腰部回旋</translation>
    </message>
    <message>
        <source>Wrist</source>
        <translation>手首</translation>
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
        <translation>足首</translation>
    </message>
    <message>
        <source>Knee</source>
        <translation>膝</translation>
    </message>
    <message>
        <source>Hip</source>
        <translation>股関節</translation>
    </message>
    <message>
        <source>Pelvis</source>
        <translation>骨盤</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>頭</translation>
    </message>
    <message>
        <source>assumed</source>
        <translation>(仮定)</translation>
    </message>
    <message>
        <source>from the file</source>
        <translation>(ファイルから)</translation>
    </message>
    <message>
        <source>set by the user</source>
        <translation>(設定値)</translation>
    </message>
    <message>
        <source>estimated from how people stand (deviation {0} degrees)</source>
        <translation>(人物の立ち方から推定、標準偏差 {0} 度)</translation>
    </message>
    <message>
        <source>dashes</source>
        <translation>破線</translation>
    </message>
    <message>
        <source>dots</source>
        <translation>点線</translation>
    </message>
    <message>
        <source>dash-dot</source>
        <translation>一点鎖線</translation>
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
        <translation>棒人間(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Both</source>
        <translation>両方(&amp;B)</translation>
    </message>
</context>
<context>
    <name>Absence</name>
    <message>
        <source>Go there</source>
        <translation>移動</translation>
    </message>
    <message>
        <source>Nobody is in this frame. {name} appears at {time}.</source>
        <translation>このフレームには誰もいません。{name} は {time} に現れます。</translation>
    </message>
    <message>
        <source>Nobody is in this frame. {name} was last seen at {time}.</source>
        <translation>このフレームには誰もいません。{name} は {time} に最後に見えました。</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>閉じる</translation>
    </message>
</context>
<context>
    <name>CatalogueCommands</name>
    <message>
        <source>Downloading {name}…</source>
        <translation>{name} をダウンロード中…</translation>
    </message>
</context>
<context>
    <name>CatalogueDialog</name>
    <message>
        <source>Progress</source>
        <translation>進行状況</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>ダウンロード</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
</context>
<context>
    <name>CheckpointForm</name>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>What it is called in the list of lifters</source>
        <translation>リフター一覧での名前</translation>
    </message>
    <message>
        <source>From the file&apos;s name</source>
        <translation>ファイル名から</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>戻る</translation>
    </message>
    <message>
        <source>Add this lifter</source>
        <translation>このリフターを追加</translation>
    </message>
    <message>
        <source>IN THE FILE</source>
        <translation>ファイル内の情報</translation>
    </message>
    <message>
        <source>ASSUMED, NOT IN THE FILE</source>
        <translation>ファイルにない仮定</translation>
    </message>
</context>
<context>
    <name>CompareBar</name>
    <message>
        <source>mean over joints, roots aligned</source>
        <translation>関節の平均、骨盤を一致</translation>
    </message>
    <message>
        <source>{here} here  ·  {mean} on average</source>
        <translation>{here} ここ  ·  平均 {mean}</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>問題が発生しました</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>レポート</translation>
    </message>
    <message>
        <source>This is a bug in Hourglass, not your mistake.</source>
        <translation>これは Hourglass の不具合で、あなたの操作の誤りではありません。</translation>
    </message>
    <message>
        <source>The program goes on. The report below helps to put it right.</source>
        <translation>プログラムは続行します。以下のレポートが修正に役立ちます。</translation>
    </message>
    <message>
        <source>Log file: {log_path}</source>
        <translation>ログファイル: {log_path}</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>レポートをコピー</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>ログを表示</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>続行</translation>
    </message>
</context>
<context>
    <name>CurveCommands</name>
    <message>
        <source>{name} walks: {gait}</source>
        <translation>{name} の歩行: {gait}</translation>
    </message>
</context>
<context>
    <name>CurvesPage</name>
    <message>
        <source>What the curves show</source>
        <translation>カーブに表示する量</translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation>量</translation>
    </message>
    <message>
        <source>Which joints; several can be shown at once</source>
        <translation>表示する関節 (複数可)</translation>
    </message>
    <message>
        <source>Joints</source>
        <translation>関節</translation>
    </message>
    <message>
        <source>Everyone</source>
        <translation>全員</translation>
    </message>
    <message>
        <source>The other people&apos;s curves too, faintly</source>
        <translation>ほかの人物のカーブも薄く表示する</translation>
    </message>
    <message>
        <source>Shaded, and after ±: nine of ten true values are at most this far away, relative to the pelvis</source>
        <translation>網掛けと ± の後の値：真の値の10回に9回は、骨盤を基準にこの範囲内にあります</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>カーブ</translation>
    </message>
    <message>
        <source>A click shows the frame; the values of this frame are in the line above</source>
        <translation>クリックするとそのフレームを表示します。値は上の行にあります</translation>
    </message>
    <message>
        <source>{text}  ·  long ticks: heel strikes, short ones: toe offs</source>
        <translation>{text}  ·  長い目盛: 踵接地、短い目盛: つま先離地</translation>
    </message>
</context>
<context>
    <name>DetectorBox</name>
    <message>
        <source>Default</source>
        <translation>既定</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推奨</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>その他</translation>
    </message>
    <message numerus="yes">
        <source>%n more to download: button beside this</source>
        <translation>
            <numerusform>ほかに %n 個をダウンロードできます: 横のボタン</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DetectorCommands</name>
    <message>
        <source>Adding {name} (loads MMPose, some seconds)…</source>
        <translation>{name} を追加中 (MMPose の読み込みに数秒かかります)…</translation>
    </message>
    <message>
        <source>Removing {name}…</source>
        <translation>{name} を削除中…</translation>
    </message>
</context>
<context>
    <name>DetectorsDialog</name>
    <message>
        <source>Detector</source>
        <translation>検出器</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>2D detectors</source>
        <translation>2D 検出器</translation>
    </message>
    <message>
        <source>Config of your own network</source>
        <translation>独自ネットワークの設定</translation>
    </message>
    <message>
        <source>Add checkpoint…</source>
        <translation>チェックポイントを追加…</translation>
    </message>
    <message>
        <source>Only detectors that you added can be removed.</source>
        <translation>自分で追加した検出器のみ削除できます。</translation>
    </message>
    <message>
        <source>, added by you</source>
        <translation>、自分で追加</translation>
    </message>
    <message>
        <source>Download ({size})</source>
        <translation>ダウンロード ({size})</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>ダウンロード</translation>
    </message>
    <message>
        <source>Add a checkpoint</source>
        <translation>チェックポイントを追加</translation>
    </message>
    <message>
        <source>Checkpoints (*.pth *.pt *.safetensors);;All files (*)</source>
        <translation>チェックポイント (*.pth *.pt *.safetensors);;すべてのファイル (*)</translation>
    </message>
</context>
<context>
    <name>DeviceBox</name>
    <message>
        <source>{device}: there is none that can be used on this computer.</source>
        <translation>{device}: このコンピューターでは使えません。</translation>
    </message>
</context>
<context>
    <name>Drawer</name>
    <message>
        <source>Curves</source>
        <translation>カーブ</translation>
    </message>
    <message>
        <source>People</source>
        <translation>人物</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>検出事項</translation>
    </message>
    <message>
        <source>Findings ({count})</source>
        <translation>検出事項 ({count})</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Turn a video into a 3D skeleton</source>
        <translation>動画から 3D スケルトンを作成</translation>
    </message>
    <message>
        <source>Drop a video here. One ordinary camera is enough.</source>
        <translation>ここに動画をドロップ。普通のカメラ 1 台で十分です。</translation>
    </message>
    <message>
        <source>Open video…</source>
        <translation>動画を開く…</translation>
    </message>
    <message>
        <source>Open a video, 2D joints or a saved take  (Ctrl+O)</source>
        <translation>動画、2D 関節、または保存したテイクを開く  (Ctrl+O)</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>サンプルを試す</translation>
    </message>
    <message>
        <source>Two people, one of them jumps: see what comes out</source>
        <translation>2 人のうち 1 人がジャンプします。結果をご覧ください</translation>
    </message>
    <message>
        <source>Use a camera…</source>
        <translation>カメラを使う…</translation>
    </message>
    <message>
        <source>A webcam or a network stream, in real time  (Ctrl+L)</source>
        <translation>ウェブカメラまたはネットワークストリームをリアルタイムで  (Ctrl+L)</translation>
    </message>
    <message>
        <source>MP4, MOV, MKV, WebM, AVI  ·  saved takes  ·  everything stays on this computer</source>
        <translation>MP4、MOV、MKV、WebM、AVI  ·  保存したテイク  ·  データはこのコンピューターから出ません</translation>
    </message>
    <message>
        <source>RECENT</source>
        <translation>最近使った項目</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>エクスポート</translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation>別のフォルダーを選ぶ</translation>
    </message>
    <message numerus="yes">
        <source>Everyone (%n people)</source>
        <translation>
            <numerusform>全員 (%n 人)</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose “Everyone in the picture” in the settings and run again to export more people.</source>
        <translation>ほかの人物もエクスポートするには、設定で「画面内の全員」を選んで再実行してください。</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>エクスポートの進行状況</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>フォルダー</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>対象</translation>
    </message>
    <message>
        <source>From</source>
        <translation>範囲</translation>
    </message>
    <message>
        <source>OPTIONS</source>
        <translation>オプション</translation>
    </message>
    <message>
        <source>FILES</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>Export the skeleton</source>
        <translation>スケルトンをエクスポート</translation>
    </message>
    <message>
        <source>Written files</source>
        <translation>書き出したファイル</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>フォルダーを開く</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完了</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>エクスポートしました</translation>
    </message>
    <message>
        <source>This is {target}</source>
        <translation>実際の場所: {target}</translation>
    </message>
    <message>
        <source>Tick at least one format.</source>
        <translation>形式を 1 つ以上選んでください。</translation>
    </message>
    <message>
        <source>Choose a folder.</source>
        <translation>フォルダーを選んでください。</translation>
    </message>
    <message>
        <source>Give the files a name.</source>
        <translation>ファイルの名前を入力してください。</translation>
    </message>
    <message>
        <source>A name cannot have any of {characters}</source>
        <translation>名前に次の文字は使えません: {characters}</translation>
    </message>
    <message>
        <source>There is no frame in this range.</source>
        <translation>この範囲にはフレームがありません。</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>エクスポート先</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>書き込み中…</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>キャンセル中…</translation>
    </message>
    <message>
        <source>: {done} of {total} frames</source>
        <translation>: {total} フレーム中 {done}</translation>
    </message>
</context>
<context>
    <name>FbxDialog</name>
    <message>
        <source>Install what FBX needs</source>
        <translation>FBX に必要なものをインストール</translation>
    </message>
    <message>
        <source>FBX is read and written by Blender. Where Blender is not installed, its own package {package} does it: free software under another licence than this program, {licence}. It runs as a program by itself, only while an FBX is read or written.</source>
        <translation>FBX の読み書きは Blender が行います。Blender がインストールされていない場合は、Blender のパッケージ {package} が行います。このプログラムとは異なるライセンス {licence} の自由ソフトウェアです。FBX の読み書き中だけ、独立したプログラムとして動作します。</translation>
    </message>
    <message>
        <source>Download from PyPI: about {download} MB. On the disk: about {installed} MB.</source>
        <translation>PyPI からのダウンロード: 約 {download} MB。ディスク上: 約 {installed} MB。</translation>
    </message>
    <message>
        <source>Progress of the installation</source>
        <translation>インストールの進行状況</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>インストール</translation>
    </message>
</context>
<context>
    <name>FbxInstallation</name>
    <message>
        <source>Cancelled: nothing was installed.</source>
        <translation>キャンセルしました。何もインストールされていません。</translation>
    </message>
    <message>
        <source>Nothing was installed, because of a bug.</source>
        <translation>バグのため、何もインストールされませんでした。</translation>
    </message>
</context>
<context>
    <name>FileCommands</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近使った項目を開く(&amp;R)</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>開く</translation>
    </message>
    <message>
        <source>Videos, images, 2D joints and takes ({patterns});;All files (*)</source>
        <translation>動画、画像、2D 関節、テイク ({patterns});;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>フォルダーを開く</translation>
    </message>
    <message>
        <source>Save the take</source>
        <translation>テイクを保存</translation>
    </message>
    <message>
        <source>Takes ({pattern})</source>
        <translation>テイク ({pattern})</translation>
    </message>
    <message>
        <source>The video {name} is not where it was.</source>
        <translation>動画 {name} が元の場所にありません。</translation>
    </message>
    <message>
        <source>The skeleton is shown without it; export works, but for videos.</source>
        <translation>スケルトンは動画なしで表示されます。動画以外へのエクスポートは可能です。</translation>
    </message>
    <message>
        <source>Find the video…</source>
        <translation>動画を探す…</translation>
    </message>
    <message>
        <source>Find {name}</source>
        <translation>{name} を探す</translation>
    </message>
    <message>
        <source>Videos ({patterns});;All files (*)</source>
        <translation>動画 ({patterns});;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} を保存しました。</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>まだありません</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>一覧を消去</translation>
    </message>
    <message>
        <source>Files exist</source>
        <translation>ファイルが存在します</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) are in {folder} already.</source>
        <translation>
            <numerusform>{folder} には既に %n 個のファイルがあります。</numerusform>
        </translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>置き換える</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>両方残す</translation>
    </message>
    <message numerus="yes">
        <source>Exported %n file(s).</source>
        <translation>
            <numerusform>%n 個のファイルをエクスポートしました。</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancelled. What was finished before is there, and nothing is half-written.</source>
        <translation>キャンセルしました。先に完了したものは残り、書きかけのファイルはありません。</translation>
    </message>
    <message>
        <source>Nothing was written, because of a bug.</source>
        <translation>不具合のため、何も書き込まれませんでした。</translation>
    </message>
</context>
<context>
    <name>FindingsList</name>
    <message>
        <source>Findings</source>
        <translation>検出事項</translation>
    </message>
    <message>
        <source>Repaired and doubtful frames; a click shows the frame</source>
        <translation>修正したフレームと疑わしいフレーム。クリックで表示</translation>
    </message>
</context>
<context>
    <name>FormatChoice</name>
    <message>
        <source>Install what FBX needs…</source>
        <translation>FBX に必要なものをインストール…</translation>
    </message>
</context>
<context>
    <name>GivenFiles</name>
    <message>
        <source>Images as a video</source>
        <translation>画像を動画として開く</translation>
    </message>
    <message>
        <source>Frames a second of {name}:</source>
        <translation>{name} の 1 秒あたりのフレーム数:</translation>
    </message>
    <message>
        <source>One video is shown at a time; waiting: {names}.</source>
        <translation>表示できる動画は一度に 1 つです。待機中: {names}</translation>
    </message>
    <message>
        <source>The command line lifts several in one go.</source>
        <translation>コマンドラインでは一度に複数を処理できます。</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>{name} を開く</translation>
    </message>
</context>
<context>
    <name>Horizon</name>
    <message>
        <source>Horizon: {pitch}° down, roll {roll}°</source>
        <translation>水平線: 下向き {pitch}°、ロール {roll}°</translation>
    </message>
    <message>
        <source>Horizon: {pitch}° up, roll {roll}°</source>
        <translation>水平線: 上向き {pitch}°、ロール {roll}°</translation>
    </message>
</context>
<context>
    <name>HorizonCommands</name>
    <message>
        <source>Turn the video (roll {other}°)</source>
        <translation>動画を回転 (ロール {other}°)</translation>
    </message>
    <message>
        <source>set; double click for the estimate</source>
        <translation>設定値。ダブルクリックで推定値</translation>
    </message>
    <message>
        <source>drag it to where it is</source>
        <translation>実際の位置へドラッグ</translation>
    </message>
    <message>
        <source>estimated{sigma}; drag to correct it</source>
        <translation>推定値{sigma}。ドラッグで修正</translation>
    </message>
</context>
<context>
    <name>Leaving</name>
    <message>
        <source>this video</source>
        <translation>この動画</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>保存されていない変更</translation>
    </message>
    <message>
        <source>A run is going on</source>
        <translation>実行中です</translation>
    </message>
    <message>
        <source>The changes to {name} are not saved.</source>
        <translation>{name} への変更が保存されていません。</translation>
    </message>
    <message>
        <source>{name} is being lifted.</source>
        <translation>{name} をリフティング中です。</translation>
    </message>
    <message>
        <source>Names, splits, merges and exchanged sides would be lost.</source>
        <translation>名前、分割、統合、左右の入れ替えが失われます。</translation>
    </message>
    <message>
        <source>The run stops; what was found in 2D is kept for the next one.</source>
        <translation>実行は停止します。検出済みの 2D は次回のために残ります。</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>実行を停止</translation>
    </message>
</context>
<context>
    <name>LifterCommands</name>
    <message>
        <source>Looking at {name}…</source>
        <translation>{name} を確認中…</translation>
    </message>
    <message>
        <source>Adding {name}…</source>
        <translation>{name} を追加中…</translation>
    </message>
    <message>
        <source>Removing {name}…</source>
        <translation>{name} を削除中…</translation>
    </message>
</context>
<context>
    <name>LiftersDialog</name>
    <message>
        <source>Lifters</source>
        <translation>リフター</translation>
    </message>
    <message>
        <source>Add a file…</source>
        <translation>ファイルを追加…</translation>
    </message>
    <message>
        <source>, default</source>
        <translation>、既定</translation>
    </message>
    <message>
        <source>Only lifters that you added can be removed.</source>
        <translation>自分で追加したリフターのみ削除できます。</translation>
    </message>
    <message>
        <source>Download ({size})</source>
        <translation>ダウンロード ({size})</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>ダウンロード</translation>
    </message>
    <message>
        <source>Licence: {licence}.</source>
        <translation>ライセンス: {licence}</translation>
    </message>
    <message>
        <source>Add a checkpoint</source>
        <translation>チェックポイントを追加</translation>
    </message>
    <message>
        <source>Checkpoints ({patterns});;All files (*)</source>
        <translation>チェックポイント ({patterns});;すべてのファイル (*)</translation>
    </message>
</context>
<context>
    <name>LiveBar</name>
    <message>
        <source>Look-ahead</source>
        <translation>先読み</translation>
    </message>
    <message>
        <source>Corrected one as a ghost</source>
        <translation>修正後をゴーストで表示</translation>
    </message>
    <message>
        <source>Show beside the newest skeleton the last one whose future is known: it does not change any more.</source>
        <translation>最新のスケルトンの横に、以後のフレームが確定した、もう変わらない最後のスケルトンを表示します。</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>録画</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Countdown</source>
        <translation>カウントダウン</translation>
    </message>
    <message>
        <source>How long is counted down before a recording</source>
        <translation>録画前のカウントダウンの長さ</translation>
    </message>
    <message>
        <source>Longest recording</source>
        <translation>最長録画時間</translation>
    </message>
    <message>
        <source>A recording ends by itself after so long</source>
        <translation>この時間が過ぎると録画は自動で終わります</translation>
    </message>
    <message>
        <source>or with both hands up</source>
        <translation>または両手を上げる</translation>
    </message>
    <message>
        <source>Holding both hands over the head for 2 seconds begins a recording, and ends it.</source>
        <translation>両手を頭の上に 2 秒間上げると録画が始まり、もう一度で終わります。</translation>
    </message>
    <message>
        <source>Send to</source>
        <translation>送信先</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>送信</translation>
    </message>
    <message>
        <source>after</source>
        <translation>開始まで</translation>
    </message>
    <message>
        <source>for</source>
        <translation>長さ</translation>
    </message>
    <message numerus="yes">
        <source>%n frame(s)</source>
        <translation>
            <numerusform>%n フレーム</numerusform>
        </translation>
    </message>
    <message>
        <source>none: the newest frame</source>
        <translation>なし: 最新フレーム</translation>
    </message>
    <message>
        <source>&lt;b&gt;{painted_hz:.1f}&lt;/b&gt; shown  ·  {predicted_hz:.1f} predicted  ·  {captured_hz:.1f} captured a second  ·  {dropped} dropped</source>
        <translation>毎秒 &lt;b&gt;{painted_hz:.1f}&lt;/b&gt; 表示  ·  {predicted_hz:.1f} 推定  ·  {captured_hz:.1f} 撮影  ·  {dropped} 破棄</translation>
    </message>
    <message>
        <source>Latency {total:.0f} ms: capture {capture_ms:.0f}, detect {detect_ms:.0f}, lift {lift_ms:.0f}, display {display_ms:.0f}</source>
        <translation>遅延 {total:.0f} ms: 撮影 {capture_ms:.0f}、検出 {detect_ms:.0f}、リフティング {lift_ms:.0f}、表示 {display_ms:.0f}</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>録画を停止</translation>
    </message>
    <message>
        <source>Begins in {counting}</source>
        <translation>開始まで {counting}</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) left out</source>
        <translation>
            <numerusform>%n 枚の画像を省略</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop sending</source>
        <translation>送信を停止</translation>
    </message>
</context>
<context>
    <name>LiveCommands</name>
    <message>
        <source>Camera {name}</source>
        <translation>カメラ {name}</translation>
    </message>
    <message>
        <source>Opening the camera, loading the models…</source>
        <translation>カメラを開き、モデルを読み込んでいます…</translation>
    </message>
    <message>
        <source>provisional: paler until its future is known</source>
        <translation>暫定: 確定するまで薄く表示</translation>
    </message>
    <message>
        <source>{width_px} × {height_px}  ·  {fps_hz:.4g} fps</source>
        <translation>{width_px} × {height_px}  ·  {fps_hz:.4g} fps</translation>
    </message>
    <message>
        <source>Open a recording</source>
        <translation>録画を開く</translation>
    </message>
    <message numerus="yes">
        <source>%n recording(s) interrupted: {name}.</source>
        <translation>
            <numerusform>%n 件の録画が中断されました: {name}</numerusform>
        </translation>
    </message>
    <message>
        <source>File &gt; Open a recording repairs and lifts it.</source>
        <translation>「ファイル &gt; 録画を開く」で修復してリフティングします。</translation>
    </message>
</context>
<context>
    <name>LiveDialog</name>
    <message>
        <source>Camera or stream</source>
        <translation>カメラまたはストリーム</translation>
    </message>
    <message>
        <source>Looking for cameras…</source>
        <translation>カメラを検索中…</translation>
    </message>
    <message>
        <source>The camera&apos;s</source>
        <translation>カメラの設定</translation>
    </message>
    <message>
        <source>{hz:g} frames/s</source>
        <translation>{hz:g} フレーム/秒</translation>
    </message>
    <message>
        <source>Play a file again and again</source>
        <translation>ファイルを繰り返し再生</translation>
    </message>
    <message>
        <source>Assumed</source>
        <translation>仮定値</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>開始</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Picture size</source>
        <translation>画像サイズ</translation>
    </message>
    <message>
        <source>What a camera is asked for; it may give another one</source>
        <translation>カメラへの要求値。実際の値は異なることがあります</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>フレームレート</translation>
    </message>
    <message>
        <source>People at most</source>
        <translation>最大人数</translation>
    </message>
    <message>
        <source>Each person costs time; one is the quickest</source>
        <translation>人数が増えると時間がかかります。1 人が最速です</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>身長</translation>
    </message>
    <message>
        <source>How tall the person is: it sets the scale of everything</source>
        <translation>人物の身長。すべての寸法の基準になります</translation>
    </message>
    <message>
        <source>2D detector</source>
        <translation>2D 検出器</translation>
    </message>
    <message>
        <source>Finds people and their joints in every picture.</source>
        <translation>各画像から人物と関節を検出します。</translation>
    </message>
    <message>
        <source>3D lifter</source>
        <translation>3D リフター</translation>
    </message>
    <message>
        <source>Turns the joints&apos; movement into 3D. The fast one is made for this.</source>
        <translation>関節の動きを 3D に変換します。高速版がこの用途向けです。</translation>
    </message>
    <message>
        <source>Camera, address or file</source>
        <translation>カメラ、アドレス、またはファイル</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>ファイル…</translation>
    </message>
    <message>
        <source>Play a video file as if it were a camera: for rehearsing, and for trying things out</source>
        <translation>動画ファイルをカメラの代わりに再生: リハーサルや試用に</translation>
    </message>
    <message>
        <source>Look for cameras again</source>
        <translation>カメラを再検索</translation>
    </message>
    <message numerus="yes">
        <source>%n camera(s) found.</source>
        <translation>
            <numerusform>カメラが %n 台見つかりました。</numerusform>
        </translation>
    </message>
    <message>
        <source>Play a video as if it were live</source>
        <translation>動画をライブとして再生</translation>
    </message>
    <message>
        <source>Videos ({patterns})</source>
        <translation>動画 ({patterns})</translation>
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
        <translation>ライブ</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>カメラ</translation>
    </message>
    <message>
        <source>Skeleton</source>
        <translation>スケルトン</translation>
    </message>
    <message>
        <source>The skeleton appears here
as soon as a person is in the picture</source>
        <translation>人物が映ると
ここにスケルトンが表示されます</translation>
    </message>
</context>
<context>
    <name>LiveRecording</name>
    <message>
        <source>What was recorded until then is in {folder}.</source>
        <translation>それまでの録画は {folder} にあります。</translation>
    </message>
</context>
<context>
    <name>LiveStreams</name>
    <message>
        <source>{url}: {sent} frames sent</source>
        <translation>{url}: {sent} フレーム送信</translation>
    </message>
    <message>
        <source>, {dropped} left out</source>
        <translation>、{dropped} 省略</translation>
    </message>
</context>
<context>
    <name>LiveVideo</name>
    <message>
        <source>Camera</source>
        <translation>カメラ</translation>
    </message>
    <message>
        <source>The camera&apos;s picture with the detected joints</source>
        <translation>検出した関節を重ねたカメラ映像</translation>
    </message>
</context>
<context>
    <name>MappingDialog</name>
    <message>
        <source>Bones of {name}</source>
        <translation>{name} のボーン</translation>
    </message>
    <message>
        <source>Figure of the character</source>
        <translation>キャラクターの姿</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>ボーン</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>ファイル内</translation>
    </message>
    <message>
        <source>Bones</source>
        <translation>ボーン</translation>
    </message>
    <message>
        <source>Choose a bone in the list, then click its joint in the figure. Drag to turn the figure, the wheel enlarges it. Hollow joints were only guessed.</source>
        <translation>リストでボーンを選び、図の中でその関節をクリックします。ドラッグで回転、ホイールで拡大します。中抜きの関節は推測されたものです。</translation>
    </message>
    <message>
        <source>As recognised</source>
        <translation>認識どおり</translation>
    </message>
    <message>
        <source>Take back all corrections</source>
        <translation>すべての修正を取り消す</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>None</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Joint of the chosen bone</source>
        <translation>選択したボーンの関節</translation>
    </message>
    <message>
        <source>none</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Only guessed: please check</source>
        <translation>推測です。確認してください</translation>
    </message>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>ほか %n 件。</numerusform>
        </translation>
    </message>
    <message>
        <source>{bone} is missing.</source>
        <translation>{bone} がありません。</translation>
    </message>
    <message>
        <source>{bone} and {other} are the same joint.</source>
        <translation>{bone} と {other} が同じ関節です。</translation>
    </message>
    <message>
        <source>{bone} does not hang on {other}.</source>
        <translation>{bone} が {other} につながっていません。</translation>
    </message>
</context>
<context>
    <name>MotionPanel</name>
    <message>
        <source>Motion in detail</source>
        <translation>動きの詳細</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Calm sudden turns</source>
        <translation>急な回転を抑える</translation>
    </message>
    <message>
        <source>No bone turns faster than a body can: a turn that does is spread over its neighbours.</source>
        <translation>身体に不可能な速さの骨の回転は、前後のフレームに分散されます。</translation>
    </message>
    <message>
        <source>Estimated</source>
        <translation>推定値</translation>
    </message>
    <message>
        <source>Fill gaps up to</source>
        <translation>補間の上限</translation>
    </message>
    <message>
        <source>Frames in which the person was lost for a moment are filled in. Longer absences stay empty.</source>
        <translation>一時的に見失ったフレームを補間します。それより長い不在は空のままです。</translation>
    </message>
    <message>
        <source>Follow the picture</source>
        <translation>映像への追従</translation>
    </message>
    <message>
        <source>How far a joint that was well seen is drawn onto its place in the picture.</source>
        <translation>よく見えた関節を映像上の位置へどれだけ引き寄せるか。</translation>
    </message>
    <message>
        <source>Measured on the person</source>
        <translation>人物の実測値</translation>
    </message>
    <message>
        <source>{what}, middle to middle. Left alone, it is estimated.</source>
        <translation>{what}、関節の中心間。空欄の場合は推定します。</translation>
    </message>
</context>
<context>
    <name>NameField</name>
    <message>
        <source>Name of the person</source>
        <translation>人物の名前</translation>
    </message>
</context>
<context>
    <name>PeopleCommands</name>
    <message>
        <source>&amp;Undo {what}</source>
        <translation>元に戻す: {what}(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>元に戻す(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo {what}</source>
        <translation>{what}をやり直す(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>やり直す(&amp;R)</translation>
    </message>
</context>
<context>
    <name>PeopleList</name>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>検出率</translation>
    </message>
    <message>
        <source>When</source>
        <translation>時間</translation>
    </message>
    <message>
        <source>People of the take</source>
        <translation>テイクの人物</translation>
    </message>
    <message>
        <source>Double click to rename; right click to split, merge, exchange left and right, or delete</source>
        <translation>ダブルクリックで名前を変更。右クリックで分割、統合、左右の入れ替え、削除</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>あり</translation>
    </message>
    <message>
        <source>Rename {name}…</source>
        <translation>{name} の名前を変更…</translation>
    </message>
    <message>
        <source>Split here: another person from this frame on</source>
        <translation>ここで分割: このフレームから別の人物</translation>
    </message>
    <message>
        <source>Merge with</source>
        <translation>統合先</translation>
    </message>
    <message>
        <source>Exchange left and right</source>
        <translation>左右を入れ替え</translation>
    </message>
    <message>
        <source>Delete {name}</source>
        <translation>{name} を削除</translation>
    </message>
    <message>
        <source>Undo {what}</source>
        <translation>元に戻す: {what}</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
</context>
<context>
    <name>PersonLanes</name>
    <message>
        <source>People over time</source>
        <translation>人物の時間経過</translation>
    </message>
    <message>
        <source>Double-click to rename</source>
        <translation>ダブルクリックで名前を変更</translation>
    </message>
    <message>
        <source>Click to choose; double-click to rename</source>
        <translation>クリックで選択、ダブルクリックで名前を変更</translation>
    </message>
    <message>
        <source>{name}
Not in 3D yet. {done}</source>
        <translation>{name}
まだ 3D ではありません。{done}</translation>
    </message>
</context>
<context>
    <name>PlaybackCommands</name>
    <message>
        <source>&amp;Pause</source>
        <translation>一時停止(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>再生(&amp;P)</translation>
    </message>
</context>
<context>
    <name>Presenter</name>
    <message>
        <source>The video is not there any more.</source>
        <translation>動画はもうありません。</translation>
    </message>
    <message>
        <source>The skeleton appears here
as soon as the first frames are lifted</source>
        <translation>最初のフレームがリフティングされると
ここにスケルトンが表示されます</translation>
    </message>
    <message>
        <source>Press Run to lift this video to 3D</source>
        <translation>「実行」を押すとこの動画を 3D にリフティングします</translation>
    </message>
    <message>
        <source>being finished…</source>
        <translation>仕上げ中…</translation>
    </message>
</context>
<context>
    <name>PruningCommands</name>
    <message>
        <source>appears after a run</source>
        <translation>実行後に表示されます</translation>
    </message>
    <message>
        <source>lifting…</source>
        <translation>リフティング中…</translation>
    </message>
    <message>
        <source>not lifted</source>
        <translation>未リフティング</translation>
    </message>
    <message>
        <source>Ghost</source>
        <translation>ゴースト</translation>
    </message>
    <message>
        <source>Ghost: {what}</source>
        <translation>ゴースト: {what}</translation>
    </message>
    <message>
        <source>Ghost: {title}, {what}</source>
        <translation>ゴースト: {title}、{what}</translation>
    </message>
</context>
<context>
    <name>PruningEditor</name>
    <message>
        <source>Lifter</source>
        <translation>リフター</translation>
    </message>
    <message>
        <source>Lifts the same 2D joints.</source>
        <translation>同じ 2D 関節をリフティングします。</translation>
    </message>
    <message>
        <source>Frames kept</source>
        <translation>残すフレーム</translation>
    </message>
    <message>
        <source>Fewer frames through the deep blocks: faster, a little less exact.</source>
        <translation>深いブロックを通るフレームが減るほど速く、わずかに精度が下がります。</translation>
    </message>
    <message>
        <source>Follows the motion</source>
        <translation>動きへの追従</translation>
    </message>
    <message>
        <source>How much fast movement gets more of the kept frames than standing still. 0 spreads them evenly.</source>
        <translation>速い動きに、静止時よりどれだけ多くのフレームを残すか。0 は均等です。</translation>
    </message>
    <message>
        <source>Recovery</source>
        <translation>復元</translation>
    </message>
    <message>
        <source>How the dropped frames come back at the end.</source>
        <translation>省いたフレームを最後にどう戻すか。</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>スケジュール</translation>
    </message>
    <message>
        <source>Frames @ block: how many frames stay at the input of which block, counted from 0.</source>
        <translation>フレーム数 @ ブロック: どのブロックの入力に何フレーム残すか (0 から数える)。</translation>
    </message>
    <message>
        <source>Pruning</source>
        <translation>枝刈り</translation>
    </message>
    <message>
        <source>Which frames are dropped inside the lifter.</source>
        <translation>リフター内で省くフレームの選び方。</translation>
    </message>
    <message>
        <source>{kept} of {frames} frames</source>
        <translation>{frames} フレーム中 {kept}</translation>
    </message>
    <message>
        <source>All {frames} frames</source>
        <translation>全 {frames} フレーム</translation>
    </message>
    <message>
        <source>, about {percent:.0f} % less computation</source>
        <translation>、計算量を約 {percent:.0f} % 削減</translation>
    </message>
    <message>
        <source>, nothing saved</source>
        <translation>、削減なし</translation>
    </message>
    <message>
        <source>{gflops:.3g} of {full_gflops:.3g} GFLOPs for a window of {frames} frames</source>
        <translation>{frames} フレームの窓あたり {full_gflops:.3g} 中 {gflops:.3g} GFLOPs</translation>
    </message>
    <message>
        <source>This lifter has learned for how many frames it works.</source>
        <translation>このリフターは動作するフレーム数を学習済みです。</translation>
    </message>
    <message>
        <source>This lifter was trained to recover with TRA.</source>
        <translation>このリフターは TRA での復元用に学習されています。</translation>
    </message>
    <message>
        <source>This lifter has no learned tokens for TRA.</source>
        <translation>このリフターには TRA 用の学習済みトークンがありません。</translation>
    </message>
    <message>
        <source>This lifter gives every frame: they must come back.</source>
        <translation>このリフターは全フレームを出力するため、復元が必要です。</translation>
    </message>
</context>
<context>
    <name>PruningPanel</name>
    <message>
        <source>Token pruning</source>
        <translation>トークン枝刈り</translation>
    </message>
    <message>
        <source>Compare with another recipe</source>
        <translation>別のレシピと比較</translation>
    </message>
    <message>
        <source>made for the centre frame</source>
        <translation>中央フレーム用</translation>
    </message>
    <message>
        <source>a pose for every frame</source>
        <translation>全フレームの姿勢</translation>
    </message>
    <message>
        <source>{title}: {frames} frames, {depth} blocks, {gives}</source>
        <translation>{title}: {frames} フレーム、{depth} ブロック、{gives}</translation>
    </message>
    <message>
        <source>Trained with {pruning}.</source>
        <translation>学習時の設定: {pruning}</translation>
    </message>
</context>
<context>
    <name>PutOnCharacter</name>
    <message>
        <source>Put the take on a character</source>
        <translation>テイクをキャラクターに適用</translation>
    </message>
    <message>
        <source>Characters ({patterns});;All files (*)</source>
        <translation>キャラクター ({patterns});;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Opening {name}…</source>
        <translation>{name} を開いています…</translation>
    </message>
    <message>
        <source>Folder for the animated character</source>
        <translation>アニメーション付きキャラクターの保存先フォルダー</translation>
    </message>
    <message>
        <source>Writing {name}…</source>
        <translation>{name} を書き込んでいます…</translation>
    </message>
    <message>
        <source>Limbs within {degrees:.1f}°, held feet slide {slide:.1f} mm at most.</source>
        <translation>四肢の誤差は {degrees:.1f}° 以内、固定した足のずれは最大 {slide:.1f} mm です。</translation>
    </message>
    <message>
        <source>Written: {names}.</source>
        <translation>書き込みました：{names}。</translation>
    </message>
</context>
<context>
    <name>RangeFields</name>
    <message>
        <source>Start of the range</source>
        <translation>範囲の始め</translation>
    </message>
    <message>
        <source>End of the range</source>
        <translation>範囲の終わり</translation>
    </message>
    <message>
        <source>to</source>
        <translation>～</translation>
    </message>
    <message>
        <source>{count} of {total} frames</source>
        <translation>{total} フレーム中 {count}</translation>
    </message>
</context>
<context>
    <name>Recovering</name>
    <message>
        <source>Unsaved changes are not kept for the case of a crash.</source>
        <translation>クラッシュに備えた未保存の変更の保管ができません。</translation>
    </message>
    <message>
        <source>Unsaved work</source>
        <translation>未保存の作業</translation>
    </message>
    <message>
        <source>The program ended before {name} was saved.</source>
        <translation>{name} が保存される前にプログラムが終了しました。</translation>
    </message>
    <message>
        <source>It was kept as it was on {when}.</source>
        <translation>{when} の状態が保管されています。</translation>
    </message>
    <message>
        <source>Open it</source>
        <translation>開く</translation>
    </message>
    <message>
        <source>Discard it</source>
        <translation>破棄</translation>
    </message>
    <message>
        <source>Ask again later</source>
        <translation>後で確認</translation>
    </message>
</context>
<context>
    <name>Remarks</name>
    <message>
        <source>; {count} more</source>
        <translation>、ほか {count} 件</translation>
    </message>
    <message>
        <source>Show the list</source>
        <translation>一覧を表示</translation>
    </message>
</context>
<context>
    <name>RunPanel</name>
    <message>
        <source>Progress of the run</source>
        <translation>実行の進行状況</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Stop this run; what was found so far is kept for the next one  (Esc)</source>
        <translation>この実行を停止します。ここまでの検出結果は次回のために残ります  (Esc)</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>準備中…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>停止中…</translation>
    </message>
    <message>
        <source>{done} of {total} frames</source>
        <translation>{total} フレーム中 {done}</translation>
    </message>
    <message>
        <source>{rate} frames/s</source>
        <translation>{rate} フレーム/秒</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>残り {time}</translation>
    </message>
</context>
<context>
    <name>SceneView</name>
    <message>
        <source>Skeleton</source>
        <translation>スケルトン</translation>
    </message>
    <message>
        <source>The lifted people in 3D; menu View has the viewpoints</source>
        <translation>リフティングした人物の 3D 表示。視点は「表示」メニューにあります</translation>
    </message>
</context>
<context>
    <name>SettingsPanel</name>
    <message>
        <source>One person</source>
        <translation>1 人</translation>
    </message>
    <message>
        <source>Lift the person who is in the picture most, or the one you click on in the video.</source>
        <translation>最も長く映っている人物、または動画内でクリックした人物をリフティングします。</translation>
    </message>
    <message>
        <source>Everyone in the picture</source>
        <translation>画面内の全員</translation>
    </message>
    <message>
        <source>Lift every person that was found. Takes longer with many people.</source>
        <translation>検出した全員をリフティングします。人数が多いと時間がかかります。</translation>
    </message>
    <message>
        <source>Whose skeleton is followed and coloured. Person 1 is seen the longest.</source>
        <translation>追跡して色を付ける人物。人物 1 が最も長く映っています。</translation>
    </message>
    <message>
        <source>Most visible</source>
        <translation>最もよく見える人物</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人物</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>身長</translation>
    </message>
    <message>
        <source>Assumed</source>
        <translation>仮定値</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>Estimated</source>
        <translation>推定値</translation>
    </message>
    <message>
        <source>As stored</source>
        <translation>ファイルのまま</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Hands</source>
        <translation>手</translation>
    </message>
    <message>
        <source>Face</source>
        <translation>顔</translation>
    </message>
    <message>
        <source>Back to the defaults</source>
        <translation>既定値に戻す</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>既定</translation>
    </message>
    <message>
        <source>SUBJECT</source>
        <translation>対象</translation>
    </message>
    <message>
        <source>BODY</source>
        <translation>身体</translation>
    </message>
    <message>
        <source>How tall the person is. It sets the scale of everything: 10 % wrong here is 10 % wrong in metres. With several people it is the height of the one who is followed.</source>
        <translation>人物の身長。すべての寸法の基準で、ここでの 10 % の誤差はメートル単位でも 10 % の誤差になります。複数人の場合は追跡中の人物の身長です。</translation>
    </message>
    <message>
        <source>CAMERA</source>
        <translation>カメラ</translation>
    </message>
    <message>
        <source>Field of view</source>
        <translation>画角</translation>
    </message>
    <message>
        <source>How wide the lens sees, horizontally. A phone&apos;s main camera has 60 to 70 degrees. Automatic reads it from the file or assumes 60 degrees across the longer side.</source>
        <translation>レンズの水平方向の画角。スマートフォンのメインカメラは 60～70 度です。自動ではファイルから読み取るか、長辺に対して 60 度と仮定します。</translation>
    </message>
    <message>
        <source>Tilt down</source>
        <translation>下向きの傾き</translation>
    </message>
    <message>
        <source>How far the camera looks down. 0 is level; negative looks up. Left alone, it is estimated from how people stand. Set it if the skeleton leans towards or away from the camera.</source>
        <translation>カメラがどれだけ下を向いているか。0 は水平、負の値は上向きです。空欄の場合は人物の立ち方から推定します。スケルトンがカメラ側や反対側に傾くときに設定してください。</translation>
    </message>
    <message>
        <source>Roll</source>
        <translation>ロール</translation>
    </message>
    <message>
        <source>How far the camera is turned clockwise. Left alone, it is estimated, or 0 where the tilt is set. Both can be set with the horizon in the video.</source>
        <translation>カメラの時計回りの回転。空欄の場合は推定します (傾きを設定した場合は 0)。どちらも動画内の水平線で設定できます。</translation>
    </message>
    <message>
        <source>Recorded at</source>
        <translation>撮影レート</translation>
    </message>
    <message>
        <source>For slow motion: the frames a second that the camera recorded, where the file does not state them. All times are then those of the motion; the video is lifted again.</source>
        <translation>スローモーション用: ファイルに記録がない場合の、カメラの 1 秒あたりの撮影フレーム数。時刻はすべて実際の動きの時刻になり、動画はもう一度リフティングされます。</translation>
    </message>
    <message>
        <source>MOTION</source>
        <translation>動き</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>平滑化</translation>
    </message>
    <message>
        <source>Movements faster than this are smoothed away. {usual:g} Hz suits most; choose more for fast sports, 0 for none.</source>
        <translation>これより速い動きは平滑化で除かれます。通常は {usual:g} Hz が適切です。速いスポーツでは大きく、0 で無効。</translation>
    </message>
    <message>
        <source>MODELS</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>2D detector</source>
        <translation>2D 検出器</translation>
    </message>
    <message>
        <source>Finds people and their joints in every picture.</source>
        <translation>各画像から人物と関節を検出します。</translation>
    </message>
    <message>
        <source>3D lifter</source>
        <translation>3D リフター</translation>
    </message>
    <message>
        <source>Turns the joints&apos; movement into 3D.</source>
        <translation>関節の動きを 3D に変換します。</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>計算デバイス</translation>
    </message>
    <message>
        <source>Automatic takes a supported GPU if there is one, else the processor.</source>
        <translation>自動では対応する GPU があれば使い、なければプロセッサーを使います。</translation>
    </message>
    <message>
        <source>Look for both hands and their fingers, too. A run then takes about {more:g} times as long. Hands smaller than {smallest_px:g} pixels are not found. Takes effect with the next run.</source>
        <translation>両手とその指も検出します。実行時間は約 {more:g} 倍になります。{smallest_px:g} ピクセルより小さい手は検出できません。次の実行から有効です。</translation>
    </message>
    <message>
        <source>Look for faces and their expressions, too: blinks, gaze, mouth and brows, for characters and exports. Faces smaller than {smallest_px:g} pixels are not found. Takes effect with the next run.</source>
        <translation>顔とその表情（まばたき、視線、口、眉）も検出し、キャラクターや書き出しに使います。{smallest_px:g} ピクセルより小さい顔は検出できません。次の実行から有効です。</translation>
    </message>
    <message>
        <source>Height of {name}</source>
        <translation>{name} の身長</translation>
    </message>
    <message>
        <source> · {percent:.0f} % of the time</source>
        <translation> · 時間の {percent:.0f} %</translation>
    </message>
</context>
<context>
    <name>TakeBodies</name>
    <message>
        <source>&amp;Body</source>
        <translation>体(&amp;B)</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline</source>
        <translation>タイムライン</translation>
    </message>
    <message>
        <source>{now} of {duration}</source>
        <translation>{duration} 中 {now}</translation>
    </message>
    <message>
        <source>, from {start} to {end}</source>
        <translation>、{start} から {end} まで</translation>
    </message>
    <message>
        <source>Drag to cut the start (I)</source>
        <translation>ドラッグして先頭を切り取る (I)</translation>
    </message>
    <message>
        <source>Drag to cut the end (O)</source>
        <translation>ドラッグして末尾を切り取る (O)</translation>
    </message>
</context>
<context>
    <name>TokenStrip</name>
    <message>
        <source>Frames kept by each stage of the lifter</source>
        <translation>リフターの各段階で残したフレーム</translation>
    </message>
    <message>
        <source>Stage {stage} (block {block}): kept {kept} of {total} frames</source>
        <translation>段階 {stage} (ブロック {block}): {total} フレーム中 {kept} を保持</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>Playback speed</source>
        <translation>再生速度</translation>
    </message>
    <message>
        <source>frame {frame} of {count}</source>
        <translation>フレーム {frame} / {count}</translation>
    </message>
    <message>
        <source>frame {frame}</source>
        <translation>フレーム {frame}</translation>
    </message>
</context>
<context>
    <name>VideoView</name>
    <message>
        <source>Video</source>
        <translation>動画</translation>
    </message>
    <message>
        <source>The frame with the detected joints; a click on a person chooses them</source>
        <translation>検出した関節を重ねたフレーム。人物をクリックすると選択します</translation>
    </message>
    <message>
        <source>Drag to set the camera&apos;s tilt; double click for the estimate</source>
        <translation>ドラッグしてカメラの傾きを設定。ダブルクリックで推定値</translation>
    </message>
    <message>
        <source>Drag to set the camera&apos;s roll</source>
        <translation>ドラッグしてカメラのロールを設定</translation>
    </message>
    <message>
        <source>{name}: click to choose them</source>
        <translation>{name}: クリックで選択</translation>
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
        <translation>統合先(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>テーマ(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation>システムに合わせる(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>言語(&amp;L)</translation>
    </message>
    <message>
        <source>The language changes when Hourglass is started the next time.</source>
        <translation>言語は次回 Hourglass を起動したときに変わります。</translation>
    </message>
    <message>
        <source>Correct it under Token pruning in the settings.</source>
        <translation>設定の「トークン枝刈り」で修正してください。</translation>
    </message>
    <message>
        <source>Recorded: {name}.</source>
        <translation>録画しました: {name}</translation>
    </message>
    <message>
        <source>In {parent}. The camera goes on; opening ends the live run.</source>
        <translation>{parent} にあります。カメラは動作を続けます。開くとライブは終了します。</translation>
    </message>
    <message>
        <source>Open the recording</source>
        <translation>録画を開く</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Run</source>
        <translation>実行</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>エクスポート</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>開く</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>動画</translation>
    </message>
    <message>
        <source>Skeleton</source>
        <translation>スケルトン</translation>
    </message>
    <message>
        <source>{width_px} × {height_px}  ·  {fps_hz:.4g} fps  ·  {duration_s:.1f} s</source>
        <translation>{width_px} × {height_px}  ·  {fps_hz:.4g} fps  ·  {duration_s:.1f} 秒</translation>
    </message>
    <message>
        <source>  ·  variable rate</source>
        <translation>  ·  可変フレームレート</translation>
    </message>
</context>
<context>
    <name>bone_words</name>
    <message>
        <source>Trunk and head</source>
        <translation>胴体と頭</translation>
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
        <translation>アテンションヘッド数</translation>
    </message>
    <message>
        <source>The shapes do not tell. The published value is filled in.</source>
        <translation>形状からは分かりません。公表値が入力されています。</translation>
    </message>
    <message>
        <source>Graph neighbours</source>
        <translation>グラフの近傍数</translation>
    </message>
    <message>
        <source>Of the temporal graph: 2 in MotionAGFormer&apos;s own files, 4 in HoT&apos;s.</source>
        <translation>時間グラフの近傍数: MotionAGFormer の公式ファイルでは 2、HoT では 4。</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Prunes by</source>
        <translation>枝刈りの方式</translation>
    </message>
    <message>
        <source>How the training of this checkpoint dropped frames, if it did.</source>
        <translation>このチェックポイントの学習でフレームを省いた方法 (省いた場合)。</translation>
    </message>
    <message>
        <source>Frames @ block</source>
        <translation>フレーム数 @ ブロック</translation>
    </message>
    <message>
        <source>How many frames stay at the input of which block.</source>
        <translation>どのブロックの入力に何フレーム残すか。</translation>
    </message>
    <message>
        <source>Recovers by</source>
        <translation>復元の方式</translation>
    </message>
    <message>
        <source>For every frame</source>
        <translation>全フレーム</translation>
    </message>
    <message>
        <source>For the centre frame</source>
        <translation>中央フレーム</translation>
    </message>
    <message>
        <source>Gives a pose</source>
        <translation>姿勢の出力</translation>
    </message>
    <message>
        <source>Models for the centre frame keep it in every selection.</source>
        <translation>中央フレーム用のモデルは、常にそのフレームを残します。</translation>
    </message>
    <message>
        <source>2D joints</source>
        <translation>2D 関節</translation>
    </message>
    <message>
        <source>Which joints it was trained to see. With the wrong rule the body leans.</source>
        <translation>学習に使われた関節の定義。誤った定義では身体が傾きます。</translation>
    </message>
</context>
<context>
    <name>findings_list</name>
    <message>
        <source>Turn the video upright (roll {other}°)</source>
        <translation>動画を正立させる (ロール {other}°)</translation>
    </message>
    <message>
        <source>Merge with {name}</source>
        <translation>{name} と統合</translation>
    </message>
    <message>
        <source>{finding} as {name}</source>
        <translation>{finding}: {name}</translation>
    </message>
</context>
<context>
    <name>help</name>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Keyboard and mouse</source>
        <translation>キーボードとマウス</translation>
    </message>
    <message>
        <source>About Hourglass</source>
        <translation>Hourglass について</translation>
    </message>
    <message>
        <source>One ordinary camera in, a 3D skeleton out.

People are found in 2D by MediaPipe BlazePose, then a video pose transformer (MixSTE, sped up by H2OT token pruning) lifts their movement to 3D. Scale, camera and floor are estimates, not measurements.

MIT licence. The licences of the parts it is built on are in THIRD_PARTY.md.</source>
        <translation>普通のカメラ 1 台から 3D スケルトンを。

人物は MediaPipe BlazePose により 2D で検出され、動画姿勢トランスフォーマー (H2OT のトークン枝刈りで高速化した MixSTE) がその動きを 3D にリフティングします。スケール、カメラ、床は推定値であり、計測値ではありません。

MIT ライセンス。利用しているソフトウェアのライセンスは THIRD_PARTY.md にあります。</translation>
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
        <translation>{hours} 時間 {minutes:02d} 分</translation>
    </message>
</context>
<context>
    <name>pruning_settings</name>
    <message>
        <source>, then </source>
        <translation>、次に </translation>
    </message>
    <message>
        <source>only {kept} frames can stay, chosen by TPC</source>
        <translation>残せるのは TPC で選んだ {kept} フレームのみです</translation>
    </message>
    <message>
        <source>it was not trained for TPC with TRA</source>
        <translation>TPC と TRA の組み合わせで学習されていません</translation>
    </message>
    <message>
        <source>This lifter cannot do that: {what}.</source>
        <translation>このリフターでは使えません: {what}。</translation>
    </message>
    <message>
        <source>a recipe that does not fit</source>
        <translation>適合しないレシピ</translation>
    </message>
</context>
<context>
    <name>settings_panel</name>
    <message>
        <source>field of view {fov_deg:.0f}°</source>
        <translation>画角 {fov_deg:.0f}°</translation>
    </message>
    <message>
        <source>tilt {pitch_deg}°</source>
        <translation>傾き {pitch_deg}°</translation>
    </message>
    <message>
        <source>roll {roll_deg}°</source>
        <translation>ロール {roll_deg}°</translation>
    </message>
    <message>
        <source>height</source>
        <translation>身長</translation>
    </message>
    <message>
        <source>Estimates, not measurements: {values}.</source>
        <translation>計測値ではなく推定値: {values}</translation>
    </message>
    <message>
        <source>Face found in {percent:.0f} % of the frames.</source>
        <translation>フレームの {percent:.0f} % で顔を検出しました。</translation>
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
        <translation>ターミナルで {script} --reinstall を実行すると、すべてのパッケージが元に戻ります。</translation>
    </message>
    <message>
        <source>The list of models has a Download button for {name}.</source>
        <translation>モデル一覧に {name} のダウンロードボタンがあります。</translation>
    </message>
    <message>
        <source>In the window: {controls}.</source>
        <translation>ウィンドウ内の項目: {controls}</translation>
    </message>
</context>
</TS>
