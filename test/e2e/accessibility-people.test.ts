/** Pages and states of the area "people", judged: see `judge-area.ts`. */

import { judgeArea } from "./judge-area.ts";

judgeArea("people");
