/** Entry of the browser application: cache, toasts, session, routes. */

import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createCache } from "./client/index.ts";
import { App } from "./shell/app.tsx";
import { takeSignInToken } from "./shell/redeem.ts";
import { tellProblem } from "./ui/index.ts";

// Read before anything is drawn, so that the token is out of the address bar at once.
const token = takeSignInToken(window.location, window.history);
const client = createCache(tellProblem);
const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App client={client} token={token} />
    </StrictMode>,
  );
}
