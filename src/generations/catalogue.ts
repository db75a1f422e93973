/**
 * Everything that can be asked for: event types with their questions, styles, shapes and qualities.
 * The form, the validation, the prompt, the price and the API's description are derived from this data.
 * Scenes and looks never mention writing: the prompt has two text modes, and lettering.ts alone speaks of them.
 */
import { choiceQuestion, numberQuestion, OTHER_CHOICE, type Question, textQuestion } from "./questions.ts";

export interface EventType<Key extends string = string> {
  readonly key: Key;
  readonly name: string;
  /** The name inside a sentence, with its article. */
  readonly occasion: string;
  /** What is to be seen when nothing else is said. Leaves open whatever a question of the type asks. */
  readonly scene: string;
  readonly questions: readonly Question[];
}

function eventType<const Key extends string>(
  key: Key,
  name: string,
  occasion: string,
  scene: string,
  questions: readonly Question[],
): EventType<Key> {
  return { key, name, occasion, scene, questions };
}

/** The event types that ask for venue, atmosphere, activities and decorations, none of them required. */
function gathering<const Key extends string>(
  key: Key,
  name: string,
  occasion: string,
  scene: string,
  atmospheres: readonly string[],
): EventType<Key> {
  return eventType(key, name, occasion, scene, [
    textQuestion("venue", {
      label: "Where does it take place?",
      hint: "a garden with old apple trees",
      phrase: (answer) => `The venue: ${answer}`,
    }),
    choiceQuestion("atmosphere", {
      label: "What is the atmosphere like?",
      choices: [...atmospheres, OTHER_CHOICE],
      phrase: (answer) => `The atmosphere: ${answer}`,
      title: (answer) => answer,
    }),
    textQuestion("activities", {
      label: "What will people be doing?",
      phrase: (answer) => `People enjoy ${answer}`,
    }),
    textQuestion("decorations", {
      label: "Which decorations should be there?",
      phrase: (answer) => `Decorated with ${answer}`,
    }),
  ]);
}

export const EVENT_TYPES = [
  eventType(
    "birthday-party",
    "Birthday Party",
    "a birthday party",
    "a glorious cake with glowing candles takes the centre, laughing guests gather round, confetti drifts through warm light",
    [
      numberQuestion("age", {
        label: "How old are they turning?",
        required: true,
        min: 1,
        max: 130,
        phrase: (answer) => `The guest of honour turns ${answer}`,
        title: (answer) => `age ${answer}`,
      }),
      textQuestion("theme", {
        label: "Is there a theme or a colour scheme?",
        hint: "dinosaurs in green and gold",
        phrase: (answer) => `Theme and colours: ${answer}`,
      }),
      textQuestion("activities", {
        label: "What will the guests be doing?",
        hint: "a treasure hunt",
        phrase: (answer) => `The guests enjoy ${answer}`,
      }),
      textQuestion("decorations", {
        label: "Which decorations should be there?",
        hint: "paper lanterns and streamers",
        phrase: (answer) => `Decorated with ${answer}`,
      }),
    ],
  ),
  eventType(
    "wedding",
    "Wedding",
    "a wedding",
    "a radiant couple share a tender moment, framed by flowers, flowing fabric and soft glowing light",
    [
      choiceQuestion("style", {
        label: "What style of wedding is it?",
        required: true,
        choices: ["Traditional", "Modern", "Rustic", "Elegant", "Bohemian", "Vintage", "Minimalist"],
        phrase: (answer) => `The wedding style is ${answer}`,
        title: (answer) => answer,
      }),
      textQuestion("colour-scheme", {
        label: "What are the colours?",
        hint: "sage green and ivory",
        phrase: (answer) => `The colours are ${answer}`,
      }),
      choiceQuestion("season", {
        label: "In which season is it?",
        choices: ["Spring", "Summer", "Fall", "Winter"],
        phrase: (answer) => `The season is ${answer}`,
      }),
      textQuestion("special-elements", {
        label: "Are there special elements to show?",
        hint: "a vintage car, a flower arch",
        phrase: (answer) => `It features ${answer}`,
      }),
    ],
  ),
  eventType(
    "corporate-event",
    "Corporate Event",
    "a corporate event",
    "confident colleagues in lively exchange, a beautifully designed space, clean lines and inviting light",
    [
      choiceQuestion("kind", {
        label: "What kind of event is it?",
        required: true,
        choices: [
          "Conference",
          "Meeting",
          "Celebration",
          "Training",
          "Product Launch",
          "Networking",
          "Award Ceremony",
        ],
        phrase: (answer) => `The occasion: ${answer}`,
        title: (answer) => answer,
      }),
      textQuestion("industry", {
        label: "Which industry is it for?",
        hint: "renewable energy",
        phrase: (answer) => `The industry is ${answer}`,
      }),
      choiceQuestion("formality", {
        label: "How formal is it?",
        choices: ["Very Formal", "Formal", "Semi-Formal", "Casual", "Very Casual"],
        phrase: (answer) => `Dress and setting are ${answer}`,
      }),
      textQuestion("brand-colours", {
        label: "Are there brand colours or a theme?",
        hint: "navy and orange",
        phrase: (answer) => `Brand colours and theme: ${answer}`,
      }),
    ],
  ),
  eventType(
    "holiday-celebration",
    "Holiday Celebration",
    "a holiday celebration",
    "people share a heartfelt festive moment amid glowing lights, rich colours and cherished traditions",
    [
      choiceQuestion("holiday", {
        label: "Which holiday is it?",
        required: true,
        choices: [
          "New Year",
          "Lunar New Year",
          "Valentine's Day",
          "Mardi Gras",
          "St. Patrick's Day",
          "Holi",
          "Nowruz",
          "Passover",
          "Easter",
          "Eid al-Fitr",
          "Eid al-Adha",
          "Mother's Day",
          "Father's Day",
          "Midsummer",
          "Juneteenth",
          "Independence Day",
          "Mid-Autumn Festival",
          "Rosh Hashanah",
          "Diwali",
          "Halloween",
          "Day of the Dead",
          "Thanksgiving",
          "Hanukkah",
          "Christmas",
          "Kwanzaa",
          "New Year's Eve",
          OTHER_CHOICE,
        ],
        phrase: (answer) => `The holiday is ${answer}`,
        title: (answer) => answer,
      }),
      textQuestion("cultural-context", {
        label: "Is there a cultural or religious context?",
        hint: "celebrated the Mexican way",
        phrase: (answer) => `Cultural or religious context: ${answer}`,
      }),
      choiceQuestion("venue", {
        label: "Where is it celebrated?",
        choices: ["Home", "Community Center", "Church", "Park", "Restaurant", "Outdoor", OTHER_CHOICE],
        phrase: (answer) => `The venue: ${answer}`,
      }),
      textQuestion("traditional-elements", {
        label: "Which traditional elements belong to it?",
        hint: "oil lamps and rangoli patterns",
        phrase: (answer) => `Traditional elements: ${answer}`,
      }),
      textQuestion("seasonal-decorations", {
        label: "Which seasonal decorations should be there?",
        hint: "pine branches and candles",
        phrase: (answer) => `Seasonal decorations: ${answer}`,
      }),
    ],
  ),
  eventType(
    "concert",
    "Concert",
    "a concert",
    "performers at the height of their music on a grand stage, beams of light through haze, an enthralled audience",
    [
      choiceQuestion("genre", {
        label: "What kind of music is played?",
        required: true,
        choices: [
          "Rock",
          "Pop",
          "Hip Hop",
          "Country",
          "Jazz",
          "Classical",
          "Electronic",
          "Folk",
          "R&B",
          "Metal",
          OTHER_CHOICE,
        ],
        phrase: (answer) => `The music is ${answer}`,
        title: (answer) => answer,
      }),
      choiceQuestion("lighting", {
        label: "How is the stage lit?",
        choices: [
          "Stage Lights",
          "Neon",
          "Laser Show",
          "Natural",
          "Mood Lighting",
          "Spotlights",
          OTHER_CHOICE,
        ],
        phrase: (answer) => `The lighting: ${answer}`,
      }),
      choiceQuestion("performance", {
        label: "Who performs?",
        choices: ["Band", "Solo Artist", "Orchestra", "Choir", "DJ", "Acoustic", OTHER_CHOICE],
        phrase: (answer) => `The performance: ${answer}`,
      }),
      textQuestion("special-effects", {
        label: "Are there special effects, or a certain atmosphere?",
        hint: "low fog and falling sparks",
        phrase: (answer) => `Special effects and atmosphere: ${answer}`,
      }),
    ],
  ),
  eventType(
    "sports-event",
    "Sports Event",
    "a sports event",
    "athletes caught at the decisive moment, full of motion and will, cheering spectators behind them",
    [
      choiceQuestion("sport", {
        label: "Which sport is it?",
        required: true,
        choices: [
          "Football",
          "Basketball",
          "Baseball",
          "Soccer",
          "Tennis",
          "Golf",
          "Hockey",
          "Volleyball",
          "Track & Field",
          "Swimming",
          OTHER_CHOICE,
        ],
        phrase: (answer) => `The sport is ${answer}`,
        title: (answer) => answer,
      }),
      textQuestion("team-colours", {
        label: "What are the team colours?",
        hint: "red and white against blue",
        phrase: (answer) => `The team colours are ${answer}`,
      }),
      choiceQuestion("kind", {
        label: "What kind of event is it?",
        choices: [
          "Game",
          "Tournament",
          "Championship",
          "Exhibition",
          "Celebration",
          "Training",
          OTHER_CHOICE,
        ],
        phrase: (answer) => `The occasion: ${answer}`,
      }),
      choiceQuestion("weather", {
        label: "What is the weather like?",
        choices: ["Sunny", "Cloudy", "Rainy", "Snowy", "Evening/Night", "Not Applicable"],
        phrase: (answer) => `Weather and time of day: ${answer}`,
      }),
    ],
  ),
  eventType(
    "nightlife",
    "Nightlife",
    "a night out",
    "friends and dancers lost in the beat on a crowded dance floor, reflections, haze and saturated colour",
    [
      choiceQuestion("music", {
        label: "What kind of music is played?",
        choices: [
          "Electronic",
          "Hip Hop",
          "Pop",
          "Rock",
          "Jazz",
          "Latin",
          "House",
          "Techno",
          "Mixed",
          OTHER_CHOICE,
        ],
        phrase: (answer) => `The music is ${answer}`,
        title: (answer) => answer,
      }),
      choiceQuestion("lighting", {
        label: "How is the place lit?",
        choices: [
          "Neon",
          "LED",
          "Black Light",
          "Strobe",
          "Mood Lighting",
          "Laser Show",
          "Natural",
          OTHER_CHOICE,
        ],
        phrase: (answer) => `The lighting: ${answer}`,
      }),
      textQuestion("special-features", {
        label: "Are there special features?",
        hint: "a rooftop pool, fire dancers",
        phrase: (answer) => `Special features: ${answer}`,
      }),
      textQuestion("dress-code", {
        label: "Is there a dress code or a theme?",
        hint: "all in white",
        phrase: (answer) => `Dress code and theme: ${answer}`,
      }),
    ],
  ),
  gathering(
    "family-gathering",
    "Family Gathering",
    "a family gathering",
    "several generations close together, shared food, hugs, stories and easy laughter",
    ["Casual", "Formal", "Fun", "Relaxed", "Intimate", "Celebratory"],
  ),
  gathering(
    "bbq",
    "BBQ",
    "a barbecue",
    "a smoking grill full of sizzling food, friends around it with plates and cold drinks, glowing embers",
    ["Casual", "Fun", "Relaxed", "Energetic", "Community", "Celebratory"],
  ),
  gathering(
    "park-gathering",
    "Park Gathering",
    "a gathering in the park",
    "friends on picnic blankets under broad leafy trees, baskets of food, games on the grass, dappled light",
    ["Casual", "Fun", "Relaxed", "Energetic", "Community", "Nature"],
  ),
  gathering(
    "community-event",
    "Community Event",
    "a community event",
    "neighbours of all ages meet among colourful stalls and bunting, sharing, helping and celebrating",
    ["Casual", "Formal", "Fun", "Relaxed", "Community", "Educational", "Celebratory"],
  ),
  gathering(
    "fundraiser",
    "Fundraiser",
    "a fundraiser",
    "generous people come together for a good cause, hands joined, faces full of hope in warm light",
    ["Formal", "Semi-Formal", "Casual", "Elegant", "Community", "Celebratory"],
  ),
  gathering(
    "workshop",
    "Workshop",
    "a hands-on workshop",
    "curious people around a worktable full of tools and materials, busy hands, a spark of discovery",
    ["Educational", "Professional", "Casual", "Creative", "Interactive"],
  ),
  gathering(
    "meetup",
    "Meetup",
    "a meetup",
    "like-minded people in animated conversation, drinks in hand, new friendships in the making",
    ["Casual", "Professional", "Social", "Relaxed", "Networking"],
  ),
  gathering(
    "celebration",
    "Celebration",
    "a celebration",
    "people raise their glasses in a burst of joy, sparklers, streamers and confetti fill the air",
    ["Casual", "Formal", "Fun", "Energetic", "Elegant", "Celebratory"],
  ),
  gathering(
    "reunion",
    "Reunion",
    "a reunion",
    "old friends fall into each other's arms after many years, beaming faces, shared memories, golden light",
    ["Casual", "Nostalgic", "Fun", "Relaxed", "Social", "Celebratory"],
  ),
  gathering(
    "potluck",
    "Potluck",
    "a potluck",
    "a long table laden with colourful homemade dishes, friends passing bowls and tasting each other's food",
    ["Casual", "Community", "Fun", "Relaxed", "Social"],
  ),
  gathering(
    "game-night",
    "Game Night",
    "a game night",
    "friends lean over a table of dice, cards and game pieces, suspense and laughter on their faces",
    ["Casual", "Fun", "Competitive", "Social", "Relaxed"],
  ),
  gathering(
    "book-club",
    "Book Club",
    "a book club evening",
    "readers in comfortable chairs talk with passion, steaming cups, tall shelves and stacks of well-loved books",
    ["Intellectual", "Casual", "Social", "Relaxed", "Educational"],
  ),
  gathering(
    "art-class",
    "Art Class",
    "an art class",
    "painters at their easels, brushes loaded with bright colour, canvases coming to life, light from tall windows",
    ["Creative", "Educational", "Relaxed", "Inspiring", "Casual"],
  ),
  gathering(
    "fitness-class",
    "Fitness Class",
    "a fitness class",
    "people of all builds train side by side in perfect rhythm, strong poses, bright energy and real effort",
    ["Energetic", "Motivational", "Casual", "Professional", "Community"],
  ),
  gathering(
    "breakdancing",
    "Breakdancing",
    "a breakdancing event",
    "a dancer balances in a spectacular one-handed freeze, a circle of cheering dancers, dust and motion in the light",
    ["Energetic", "Competitive", "Casual", "Educational", "Community"],
  ),
  gathering(
    "pottery",
    "Pottery",
    "a pottery session",
    "hands shape wet clay on a spinning wheel, shelves of glazed bowls behind, earthy tones and soft daylight",
    ["Creative", "Relaxed", "Educational", "Inspiring", "Casual"],
  ),
] as const;

export type EventTypeKey = (typeof EVENT_TYPES)[number]["key"];

export interface Style<Key extends string = string> {
  readonly key: Key;
  readonly name: string;
  /** What the style looks like, as the end of the sentence "<name> style: …". */
  readonly look: string;
}

function style<const Key extends string>(key: Key, name: string, look: string): Style<Key> {
  return { key, name, look };
}

export const STYLES = [
  style(
    "wild-card",
    "Wild Card",
    "choose one surprising art style that nobody would expect for this occasion and commit to it with full conviction",
  ),
  style(
    "pop-art",
    "Pop Art",
    "thick black outlines, flat saturated primary colours, halftone dots, screen-print texture, graphic punch",
  ),
  style(
    "children-book",
    "Children Book",
    "tender hand-painted watercolour and gouache illustration, rounded friendly figures, soft paper grain, sense of wonder",
  ),
  style(
    "golden-harmony",
    "Golden Harmony",
    "golden-ratio composition, gleaming gold leaf and flowing spirals, ivory and amber tones, serene luxurious light",
  ),
  style(
    "vintage-film-poster",
    "Vintage Film Poster",
    "hand-painted mid-century cinema art, dramatic diagonal staging, warm faded inks, grain and glamour",
  ),
  style(
    "retro-game",
    "Retro Game",
    "crisp 16-bit pixel art, limited bright palette, side-scrolling game world with dithered sky and playful sprites",
  ),
  style(
    "cyberpunk",
    "Cyberpunk",
    "rain-slick neon metropolis, magenta and cyan glow, holographic haze, chrome details, cinematic night",
  ),
  style(
    "origami",
    "Origami",
    "everything folded from crisp coloured paper, sharp creases, layered facets, soft studio shadows, miniature diorama",
  ),
  style(
    "fantasy-world",
    "Fantasy World",
    "epic storybook realm, floating islands, glowing flora, gentle magical creatures, luminous painterly detail",
  ),
  style(
    "street-art",
    "Street Art",
    "bold spray-paint mural on a weathered brick wall, dripping colour, stencil layers, energetic overspray",
  ),
  style(
    "political-satire",
    "Political Satire",
    "witty editorial cartoon, exaggerated caricatures of invented characters, expressive ink crosshatching, light watercolour wash",
  ),
  style(
    "unicorn-balloon-bash",
    "Unicorn Balloon Bash",
    "glossy pastel balloon sculptures, a joyful unicorn, rainbows, iridescent sparkle, dreamy clouds",
  ),
] as const;

export type StyleKey = (typeof STYLES)[number]["key"];

/** The style that leaves the choice to the provider. */
export const WILD_CARD: StyleKey = "wild-card";

export const SHAPES = [
  { key: "16:9", use: "landscape", ratio: [16, 9] },
  { key: "4:3", use: "standard", ratio: [4, 3] },
  { key: "1:1", use: "Instagram post", ratio: [1, 1] },
  { key: "9:16", use: "Instagram story", ratio: [9, 16] },
  { key: "3:4", use: "flyer", ratio: [3, 4] },
  { key: "4:5", use: "Instagram portrait", ratio: [4, 5] },
  { key: "5:7", use: "greeting card", ratio: [5, 7] },
  { key: "2:3", use: "card portrait", ratio: [2, 3] },
] as const;

export type ShapeKey = (typeof SHAPES)[number]["key"];

/** The one table of prices: whole credits for one picture, and what the provider is asked for. */
export const QUALITIES = [
  { key: "standard", name: "Standard", cost: 1, providerQuality: "medium", resolution: "1K" },
  { key: "high", name: "High", cost: 2, providerQuality: "high", resolution: "2K" },
] as const;

export type QualityKey = (typeof QUALITIES)[number]["key"];
export type Quality = (typeof QUALITIES)[number];

export const DEFAULT_QUALITY: QualityKey = "standard";

export function getEventType(key: EventTypeKey): EventType<EventTypeKey> {
  return getByKey<EventType<EventTypeKey>>(EVENT_TYPES, key);
}

export function getStyle(key: StyleKey): Style<StyleKey> {
  return getByKey<Style<StyleKey>>(STYLES, key);
}

export function getShape(key: ShapeKey): (typeof SHAPES)[number] {
  return getByKey<(typeof SHAPES)[number]>(SHAPES, key);
}

export function getQuality(key: QualityKey): Quality {
  return getByKey<Quality>(QUALITIES, key);
}

function getByKey<Entry extends { readonly key: string }>(
  entries: readonly Entry[],
  key: Entry["key"],
): Entry {
  const entry = entries.find((candidate) => candidate.key === key);
  if (entry === undefined) throw new Error(`The catalogue has no ${key}.`);
  return entry;
}
