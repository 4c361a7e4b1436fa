// Runs in node: three.js reads a character with its motion, @pixiv/three-vrm the VRM in it, Khronos' validator the file.
// node vrm_bones.mjs FOLDER_WITH_NODE_MODULES FILE RESULT.json MOTION TIME_S [TIME_S...]
// MOTION is the name of an animation in the file, or a .vrma file.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, file, result, motion, ...times] = process.argv.slice(2);
const part = (path) => import(pathToFileURL(join(resolve(folder), "node_modules", path)));
globalThis.self = globalThis; // the loader asks for the browser's names
globalThis.createImageBitmap = async () => ({ width: 2, height: 2, close() {} });
const THREE = await part("three/build/three.module.js");
const { GLTFLoader } = await part("three/examples/jsm/loaders/GLTFLoader.js");
const { VRMLoaderPlugin } = await part("@pixiv/three-vrm/lib/three-vrm.module.js");
const animations = await part("@pixiv/three-vrm-animation/lib/three-vrm-animation.module.js");
const validator = createRequire(join(resolve(folder), "x.js"))("gltf-validator");

const bytesOf = (path) => { const b = readFileSync(path); return b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength); };
const loader = new GLTFLoader();
loader.register((parser) => new VRMLoaderPlugin(parser));
loader.register((parser) => new animations.VRMAnimationLoaderPlugin(parser));
const gltf = await loader.parseAsync(bytesOf(file), "");
const vrm = gltf.userData.vrm;
const found = { times: {}, vrm: vrm ? vrm.meta.metaVersion : null, animations: gltf.animations.map((one) => one.name) };
found.issues = (await validator.validateBytes(new Uint8Array(bytesOf(motion.endsWith(".vrma") ? motion : file)))).issues;
let clip;
if (motion.endsWith(".vrma")) {
  const made = (await loader.parseAsync(bytesOf(motion), "")).userData.vrmAnimations[0];
  found.expressions = [...made.expressionTracks.preset.keys()].sort();
  clip = animations.createVRMAnimationClip(made, vrm);
} else {
  clip = gltf.animations.find((one) => one.name === motion);
  if (vrm) vrm.humanoid.autoUpdateHumanBones = false; // the file's own nodes move
}
found.duration = clip.duration;
const mixer = new THREE.AnimationMixer(gltf.scene);
mixer.clipAction(clip).play();
for (const time of times) {
  mixer.setTime(Number(time));
  if (vrm) vrm.update(0);
  gltf.scene.updateMatrixWorld(true);
  const bones = {};
  const put = (name, thing) => { bones[name] = thing.getWorldPosition(new THREE.Vector3()).toArray(); };
  if (vrm) for (const [name, bone] of Object.entries(vrm.humanoid.rawHumanBones)) put(name, bone.node);
  else gltf.scene.traverse((thing) => { if (thing.isBone) put(thing.name, thing); });
  found.times[time] = bones;
}
writeFileSync(result, JSON.stringify(found));
