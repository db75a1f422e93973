/** Signing in elsewhere, under the form of our own. Each provider is a form, for leaving changes something: cookies. */
import { providerSignInPath } from "../addresses.ts";
import { Button } from "./button.tsx";

export interface ProviderChoice {
  id: string;
  name: string;
}

/** `next` is where to go afterwards. */
export function ProviderButtons(props: { providers: readonly ProviderChoice[]; next: string }) {
  if (props.providers.length === 0) return null;
  return (
    <section class="providers" aria-label="Sign in elsewhere">
      <p class="providers-or" aria-hidden="true">
        or
      </p>
      {props.providers.map((provider) => (
        <form method="post" action={providerSignInPath(provider.id)}>
          <input type="hidden" name="next" value={props.next} />
          <Button wide>{`Continue with ${provider.name}`}</Button>
        </form>
      ))}
    </section>
  );
}
