// Runs in node: three.js reads a BVH or GLB, and Khronos' validator a GLB, and they say what they found.
// node three_bones.mjs FOLDER_WITH_NODE_MODULES FILE RESULT.json TIME_S [TIME_S...]
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, file, result, ...times] = process.argv.slice(2);
const part = (path) => import(pathToFileURL(join(resolve(folder), "node_modules", path)));
globalThis.self = globalThis; // the loader asks for the browser's name of the global object
const THREE = await part("three/build/three.module.js");

const found = { times: {} };
let root, clip, mesh;
const bytes = readFileSync(file);
if (file.endsWith(".bvh")) {
  const { BVHLoader } = await part("three/examples/jsm/loaders/BVHLoader.js");
  const motion = new BVHLoader().parse(bytes.toString("utf8"));
  [root, clip] = [motion.skeleton.bones[0], motion.clip];
  found.bones = motion.skeleton.bones.map((bone) => bone.name);
} else {
  const { GLTFLoader } = await part("three/examples/jsm/loaders/GLTFLoader.js");
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const gltf = await new GLTFLoader().parseAsync(data, "");
  [root, clip] = [gltf.scene, gltf.animations[0]];
  root.traverse((thing) => { if (thing.isSkinnedMesh) mesh = thing; });
  found.bones = mesh.skeleton.bones.map((bone) => bone.name);
  const validator = createRequire(join(resolve(folder), "x.js"))("gltf-validator");
  found.issues = (await validator.validateBytes(new Uint8Array(data))).issues;
}
found.duration = clip.duration;
found.keys = Math.max(...clip.tracks.map((track) => track.times.length));
const mixer = new THREE.AnimationMixer(root);
mixer.clipAction(clip).play();
for (const time of times) {
  mixer.setTime(Number(time));
  root.updateMatrixWorld(true);
  const bones = {}, skin = {};
  root.traverse((thing) => { if (thing.isBone) bones[thing.name] = thing.getWorldPosition(new THREE.Vector3()).toArray(); });
  if (mesh) {
    mesh.skeleton.update();
    const sums = {}, owner = mesh.geometry.getAttribute("skinIndex"), point = new THREE.Vector3();
    for (let i = 0; i < owner.count; i++) {
      const name = mesh.skeleton.bones[owner.getX(i)].name;
      mesh.getVertexPosition(i, point).applyMatrix4(mesh.matrixWorld);
      const sum = (sums[name] ??= [0, 0, 0, 0]);
      sum[0] += point.x; sum[1] += point.y; sum[2] += point.z; sum[3] += 1;
    }
    for (const [name, sum] of Object.entries(sums)) skin[name] = sum.slice(0, 3).map((value) => value / sum[3]);
  }
  found.times[time] = { bones, skin };
}
writeFileSync(result, JSON.stringify(found));
