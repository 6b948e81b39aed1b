/**
 * State sessions for engines without device memory of their own: the state is kept as plain tensors between runs.
 */
import { assert } from "#core/errors.ts";
import type { Engine, Session, SessionOptions, StateBinding, StateSession, Tensor } from "./engine.ts";

/** Keeps the state in the program's memory. Takes the session over. */
export function stateInMemory(session: Session, binding: StateBinding): StateSession {
  let state: Readonly<Record<string, Tensor>> = binding.initial;
  const kept = new Set(Object.values(binding.next));
  return {
    async step(feeds) {
      const outputs = await session.run({ ...feeds, ...state });
      state = Object.fromEntries(
        Object.entries(binding.next).map(([input, output]) => {
          const tensor = outputs[output];
          assert(tensor !== undefined, `the graph has no output "${output}" for the state "${input}"`);
          return [input, tensor];
        }),
      );
      return Object.fromEntries(Object.entries(outputs).filter(([name]) => !kept.has(name)));
    },
    readState: async () =>
      Object.fromEntries(
        Object.entries(state).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
      ),
    release: () => session.release(),
  };
}

/** A state session of `engine`: on the device where it offers that, else in the program's memory. */
export async function openStateSession(
  engine: Engine,
  model: Uint8Array,
  binding: StateBinding,
  options: SessionOptions = {},
): Promise<StateSession> {
  if (engine.createStateSession !== undefined) return engine.createStateSession(model, binding, options);
  return stateInMemory(await engine.createSession(model, options), binding);
}
