import { describe, expect, it } from "vitest";
import { createSupervisor, type Part } from "../../scripts/dev/supervisor.ts";

interface TestPart extends Part {
  end: () => void;
  stops: number;
}

function createPart(name: string): TestPart {
  const { promise: exited, resolve: end } = Promise.withResolvers<void>();
  const part: TestPart = {
    name,
    exited,
    end,
    stops: 0,
    stop: async () => {
      part.stops++;
      end();
    },
  };
  return part;
}

describe("createSupervisor", () => {
  it("stops every part, once", async () => {
    const supervisor = createSupervisor();
    const parts = [createPart("app"), createPart("simulator")];
    for (const part of parts) supervisor.add(part);
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    await supervisor.stop();
    expect(parts.map((part) => part.stops)).toEqual([1, 1]);
  });

  it("stops a part that comes after the stop", async () => {
    const supervisor = createSupervisor();
    await supervisor.stop();
    const late = createPart("app");
    supervisor.add(late);
    expect(late.stops).toBe(1);
  });

  it("names the first part that ended by itself", async () => {
    const supervisor = createSupervisor();
    const [app, simulator] = [createPart("app"), createPart("simulator")];
    supervisor.add(app);
    supervisor.add(simulator);
    simulator.end();
    expect(await supervisor.died).toBe("simulator");
  });

  it("calls nothing dead that was stopped", async () => {
    const supervisor = createSupervisor();
    supervisor.add(createPart("app"));
    await supervisor.stop();
    expect(await Promise.race([supervisor.died, Promise.resolve("nobody")])).toBe("nobody");
  });
});
