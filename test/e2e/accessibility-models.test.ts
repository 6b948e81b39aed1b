/** Pages and states of the area "models", judged: see `judge-area.ts`. */

import { judgeArea } from "./judge-area.ts";

judgeArea("models");
