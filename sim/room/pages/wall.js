// The wall.

import { draw } from "./board.js";
import { follow } from "./link.js";

follow(draw);
