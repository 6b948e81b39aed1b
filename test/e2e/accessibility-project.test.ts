/** Pages and states of the area "project", judged: see `judge-area.ts`. */

import { judgeArea } from "./judge-area.ts";

judgeArea("project");
