/** The development mailbox: every letter that would have gone out, newest first. Not part of the product. */
import { devMailPath } from "./addresses.ts";
import { EmptyState } from "./components/empty-state.tsx";
import { PageHeader } from "./components/page-header.tsx";
import { Time } from "./components/time.tsx";
import { Page } from "./layout.tsx";
import type { Frame } from "./model.ts";

export interface DevLetter {
  id: string;
  to: string;
  subject: string;
  text: string;
  sentAt: string;
}

const LINK_PATTERN = /(https?:\/\/\S+)/;

export function DevMailPage(props: { frame: Frame; letters: readonly DevLetter[] }) {
  return (
    <Page {...props.frame} title="Development mailbox" current="none" look="accounts">
      <PageHeader
        title="Development mailbox"
        lead="Letters are kept here instead of being sent. This page doesn't exist in production."
      />
      {props.letters.length === 0 ? (
        <EmptyState title="No letter yet">Register, or ask for a link, and it appears here.</EmptyState>
      ) : (
        <ol class="letters">
          {props.letters.map((letter) => (
            <li class="card">
              <h2 class="card-title">{letter.subject}</h2>
              <p class="card-lead break">
                To {letter.to}, <Time at={letter.sentAt} />, <a href={devMailPath(letter.id)}>as HTML</a>
              </p>
              <pre class="letter-text">{withLinks(letter.text)}</pre>
            </li>
          ))}
        </ol>
      )}
    </Page>
  );
}

/** Splitting by a pattern with a group puts every address at an odd index. */
function withLinks(text: string) {
  return text.split(LINK_PATTERN).map((part, index) => (index % 2 === 1 ? <a href={part}>{part}</a> : part));
}
