/** Where the person is signed in, and how to end it there. */
import { endSessionPath, SIGN_OUT_EVERYWHERE } from "../addresses.ts";
import { Button } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { Time } from "../components/time.tsx";
import type { Device } from "../model.ts";

export function Devices(props: { devices: readonly Device[] }) {
  return (
    <Card
      id="devices"
      title="Where you are signed in"
      lead="Places are rough on purpose: a network, not an address."
    >
      <ul class="rows">
        {props.devices.map((device) => (
          <li class="row">
            <div class="row-words">
              <p class="row-title">
                {device.device}
                {device.current ? <span class="row-mark">this one</span> : null}
              </p>
              <p class="hint">
                Last used <Time at={device.lastUsedAt} />
                {device.place === null ? "" : ` from ${device.place}`}, signed in by{" "}
                {methodWords(device.method)} <Time at={device.createdAt} precision="day" />
              </p>
            </div>
            <form method="post" action={endSessionPath(device.id)}>
              <Button small>
                {device.current ? "Sign out" : "End"}
                <span class="visually-hidden">
                  {" "}
                  on {device.device}, last used <Time at={device.lastUsedAt} />
                </span>
              </Button>
            </form>
          </li>
        ))}
      </ul>
      <form method="post" action={SIGN_OUT_EVERYWHERE}>
        <Button>Sign out everywhere</Button>
      </form>
    </Card>
  );
}

function methodWords(method: string): string {
  if (method === "link") return "a mailed link";
  return method;
}
