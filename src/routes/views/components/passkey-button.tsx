/** Signing in with a passkey. The script shows it where the browser has passkeys; `next` is where to go afterwards. */
import { Button } from "./button.tsx";

export function PasskeyButton(props: { next: string }) {
  return (
    <form method="post" class="passkey" data-hook="passkey-sign-in" data-next={props.next} hidden>
      <Button wide>Use a passkey</Button>
      <p class="notice notice-error" role="alert" data-hook="passkey-problem" hidden />
    </form>
  );
}
