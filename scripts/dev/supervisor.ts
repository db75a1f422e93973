/** The parts of one stack as a whole: they are stopped together, and the first end that nobody asked for is noticed. */

export interface Part {
  name: string;
  /** Settles when the part has ended, whoever ended it. */
  exited: Promise<unknown>;
  /** Resolves when nothing of it is left. */
  stop(): Promise<void>;
}

export interface Supervisor {
  /** A part that is added after the stop is stopped at once. */
  add(part: Part): void;
  /** Resolves when nothing is left. Calling it again changes nothing. */
  stop(): Promise<void>;
  /** Settles with the name of the first part that ended before anybody asked for it. */
  died: Promise<string>;
}

export function createSupervisor(): Supervisor {
  const running: Part[] = [];
  const stops: Promise<void>[] = [];
  const { promise: died, resolve: noticeDeath } = Promise.withResolvers<string>();
  let isStopping = false;
  return {
    died,
    add(part) {
      if (isStopping) stops.push(part.stop());
      else running.push(part);
      void part.exited.then(() => isStopping || noticeDeath(part.name));
    },
    async stop() {
      isStopping = true;
      stops.push(...running.splice(0).map((part) => part.stop()));
      await Promise.all(stops);
    },
  };
}
