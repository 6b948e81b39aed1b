/**
 * How the readers of NumPy arrays say no.
 */
import { fault } from "../../fault.ts";

export function npyFault(name: string, reason: string, remedy = "Save the array again with numpy.save.") {
  return fault("format.npy", { file: name, reason, remedy });
}
