/** Public surface of `platform`: time, chance, files, the embedded database; the only layer that touches the machine. */

export { type Clock, isoTime, systemClock } from "./clock.ts";
export { codeVersion, lockDigest, packageRoot, packageVersion } from "./code-version.ts";
export { type Disk, systemCode, systemDisk } from "./disk.ts";
export { type FileSlices, openFileSlices } from "./file-slices.ts";
export { type HomeLayout, homeFolder, openHome } from "./home.ts";
export { type HttpStore, type HttpStoreOptions, openHttpStore } from "./http-store.ts";
export { createIds, type Ids, type RandomFill } from "./ids.ts";
export { createLog, type Log, type LogLevel, silentLog } from "./log.ts";
export { inflateNatively } from "./native-inflate.ts";
export { type OsLock, takeOsLock } from "./os-lock.ts";
export { type JoinedPostgres, joinPostgres } from "./postgres/join.ts";
export { takeServerLock } from "./server-lock.ts";
export { randomToken, sha256, sha256Bytes } from "./sha256.ts";
export { compileDecoder } from "./wasm-decoders.ts";
