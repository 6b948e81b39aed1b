/** Pages and states of the area "editor", judged: see `judge-area.ts`. */

import { judgeArea } from "./judge-area.ts";

judgeArea("editor");
