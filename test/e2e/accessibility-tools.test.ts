/** Pages and states of the area "editorTools", judged: see `judge-area.ts`. */

import { judgeArea } from "./judge-area.ts";

judgeArea("editorTools");
