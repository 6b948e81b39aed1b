/** Pages and states of the area "tissueEditor", judged: see `judge-area.ts`. */

import { judgeArea } from "./judge-area.ts";

judgeArea("tissueEditor");
