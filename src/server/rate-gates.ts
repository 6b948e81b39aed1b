/**
 * Limits per address: on all requests, on single routes, and on failed sign-ins.
 *
 * Counted before anything else is done for a request, the database included. Counts live in this process: behind
 * several servers each address gets that much from each.
 */

import "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { FoundryError } from "#core/errors.ts";
import type { ServerLimits } from "./limits.ts";

/** Counts the request; throws `limit.rate` when the address has had its share. */
export type RateGate = (request: FastifyRequest) => Promise<void>;

/** @param app  with the rate limit part installed. */
export function createRateGate(app: FastifyInstance, perMinute: number): RateGate {
  const count = app.createRateLimit({ max: perMinute, timeWindow: 60_000 });
  return async (request) => {
    const state = await count(request);
    if (!state.isAllowed && state.isExceeded) {
      throw tooMany("Too many requests from this address.", state.ttlInSeconds);
    }
  };
}

export interface SignInGate {
  /** @throws FoundryError `limit.rate` while the address has to wait. */
  check(request: FastifyRequest): Promise<void>;
  countFailure(request: FastifyRequest): Promise<void>;
}

/** Slows guessing: after too many failed sign-ins an address has to wait. Successful ones cost nothing. */
export function createSignInGate(app: FastifyInstance, limits: ServerLimits): SignInGate {
  const count = app.createRateLimit({ max: limits.signInFailures, timeWindow: 5 * 60_000 });
  return {
    async check(request) {
      const state = await count(request, { increment: false });
      if (!state.isAllowed && state.remaining === 0) {
        throw tooMany("Too many failed sign-ins from this address.", state.ttlInSeconds);
      }
    },
    async countFailure(request) {
      await count(request);
    },
  };
}

function tooMany(message: string, seconds: number): FoundryError {
  return new FoundryError("limit.rate", {
    message,
    hint: `Wait ${seconds} ${seconds === 1 ? "second" : "seconds"} and try again.`,
    details: { seconds },
  });
}
