/** The front page: what this is, how it goes, what it can look like and what it costs. */
import { CREATE, GALLERY } from "./addresses.ts";
import { LinkButton } from "./components/button.tsx";
import { Picture, THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from "./components/picture.tsx";
import { Ticket } from "./components/ticket.tsx";
import { Page } from "./layout.tsx";
import type { Frame, Quality, Style } from "./model.ts";
import { countOf } from "./words.ts";

export interface HomePageProps {
  frame: Frame;
  styles: readonly Style[];
  qualities: readonly Quality[];
  /** What a new person is given; 0 says nothing about it. */
  startingCredits: number;
}

/** The posters on the horizon: which shape stands where. Styles are taken in the catalogue's order. */
const SKYLINE = ["3:4", "9:16", "1:1", "2:3", "16:9", "4:5", "5:7", "3:4"] as const;

const STEPS = [
  {
    title: "Say what it is",
    text: "Pick one of twenty-three kinds of event and answer a few plain questions. Who is it for? What is the mood? What must not be missing?",
  },
  {
    title: "Choose the look",
    text: "Twelve styles, from origami to street art, and eight shapes: a flyer for the door, a story for the phone, a card for the envelope.",
  },
  {
    title: "Watch it arrive",
    text: "See the price and the exact wording before anything is spent. Then follow every picture until it hangs in your gallery.",
  },
] as const;

export function HomePage(props: HomePageProps) {
  return (
    <Page {...props.frame} title="Eventide · Pictures for events" current="home" look="home" fullWidth>
      <Hero styles={props.styles} isSignedIn={props.frame.viewer !== null} />
      <Steps />
      <Looks styles={props.styles} />
      <Price qualities={props.qualities} startingCredits={props.startingCredits} />
    </Page>
  );
}

function Hero(props: { styles: readonly Style[]; isSignedIn: boolean }) {
  return (
    <section class="hero" aria-labelledby="hero-title">
      <div class="band">
        <h1 class="hero-title" id="hero-title">
          Every evening deserves a poster.
        </h1>
        <p class="hero-lead">
          Birthdays, weddings, gigs, bake sales. Tell Eventide about yours, and it draws the flyer, the
          invitation, the card and the story that make people want to come.
        </p>
        <div class="actions">
          <LinkButton kind="primary" icon="arrow" iconAfter href={CREATE}>
            Create a picture
          </LinkButton>
          <LinkButton href={props.isSignedIn ? GALLERY : "#how"}>
            {props.isSignedIn ? "Open your gallery" : "See how it goes"}
          </LinkButton>
        </div>
      </div>
      <Skyline styles={props.styles} />
    </section>
  );
}

/** Decoration: the same pictures are shown with their names further down. */
function Skyline(props: { styles: readonly Style[] }) {
  const pictures = props.styles.flatMap((style) => style.thumbnail ?? []);
  return (
    <ul class="skyline" aria-hidden="true">
      {SKYLINE.slice(0, pictures.length).map((shape, index) => (
        <li data-shape={shape}>
          <Picture
            src={pictures[index] ?? ""}
            alt=""
            width={THUMBNAIL_WIDTH}
            height={THUMBNAIL_HEIGHT}
            load="soon"
          />
        </li>
      ))}
    </ul>
  );
}

function Steps() {
  return (
    <section class="band steps" id="how" aria-labelledby="how-title">
      <h2 id="how-title">Three steps, then the doors open</h2>
      <ol>
        {STEPS.map((step) => (
          <li>
            <h3>{step.title}</h3>
            <p>{step.text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Looks(props: { styles: readonly Style[] }) {
  return (
    <section class="looks" aria-labelledby="looks-title">
      <div class="band">
        <h2 id="looks-title">{countOf(props.styles.length, "look")}, any occasion</h2>
        <p class="lead">
          Each one goes with every kind of event. Or choose none and let the occasion decide.
        </p>
        <ul class="looks-grid">
          {props.styles.map((style) => (
            <li>
              {style.thumbnail === undefined ? null : (
                <Picture src={style.thumbnail} alt="" width={THUMBNAIL_WIDTH} height={THUMBNAIL_HEIGHT} />
              )}
              <span>{style.name}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function Price(props: { qualities: readonly Quality[]; startingCredits: number }) {
  return (
    <section class="band price" aria-labelledby="price-title">
      <div>
        <h2 id="price-title">You pay for pictures, not for attempts</h2>
        <p class="lead">
          Credits are set aside while a picture is in the making and spent only when it is safely in your
          gallery. If something goes wrong, they come back by themselves, and the page says why.
        </p>
        {props.startingCredits === 0 ? null : (
          <p class="lead">
            Your account starts with {countOf(props.startingCredits, "credit")}, on the house.
          </p>
        )}
      </div>
      <Ticket
        stub={
          <LinkButton kind="primary" href={CREATE}>
            Begin
          </LinkButton>
        }
      >
        <ul class="price-list">
          {props.qualities.map((quality) => (
            <li>
              <span>{quality.name} quality</span>
              <strong>{countOf(quality.cost, "credit")}</strong>
            </li>
          ))}
        </ul>
      </Ticket>
    </section>
  );
}
