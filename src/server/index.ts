/** Public surface of `server`: HTTP routes, sessions, policy. No domain rules live here. */

export { buildServer, type ServerOptions } from "./build-server.ts";
export { type ServeOptions, serve } from "./serve.ts";
export { type RunningServer, type StartOptions, startServer } from "./start-server.ts";
