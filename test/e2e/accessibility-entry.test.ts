/** Pages and states of the area "entry", judged: see `judge-area.ts`. */

import { judgeArea } from "./judge-area.ts";

judgeArea("entry");
