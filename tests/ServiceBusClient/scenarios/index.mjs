import * as sending from "./sending.mjs";
import * as settling from "./settling.mjs";
import * as sessions from "./sessions.mjs";
import * as time from "./time.mjs";
import * as refusals from "./refusals.mjs";

export const scenarios = { ...sending, ...settling, ...sessions, ...time, ...refusals };
