/** Pages and states of the area "movie", judged: see `judge-area.ts`. */

import { judgeArea } from "./judge-area.ts";

judgeArea("movie");
