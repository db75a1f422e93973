/** What is going to be asked for, word by word, before anything is spent. The prompt can be edited here. */
import { Button } from "../components/button.tsx";
import { TextArea } from "../components/field.tsx";
import type { FieldErrors, Limits } from "../model.ts";

/** The body of POST /api/generations/preview, and the prompt that the answers alone would give. */
export interface Preview {
  prompt: string;
  builtPrompt: string;
  pictures: readonly { shape: string; width: number; height: number }[];
}

export interface PreviewPanelProps {
  preview: Preview;
  limits: Limits;
  errors: FieldErrors;
}

const PROMPT_ROWS = 7;

export function PreviewPanel(props: PreviewPanelProps) {
  const { preview } = props;
  const isEdited = preview.prompt !== preview.builtPrompt;
  return (
    <section class="preview" id="preview" aria-labelledby="preview-title">
      <h2 id="preview-title" tabindex={-1}>
        Before you spend anything
      </h2>
      <p class="preview-stale" role="status" data-hook="preview-stale" hidden>
        Your choices have changed since. Press Preview again to bring this up to date.
      </p>
      <TextArea
        name="prompt"
        label="The prompt, exactly as it will be sent"
        hint="Change it as you like. An edited prompt is used instead of your answers."
        rows={PROMPT_ROWS}
        maxLength={props.limits.promptMaxCharacters}
        value={preview.prompt}
        error={props.errors["prompt"]}
      />
      <input type="hidden" name="builtPrompt" value={preview.builtPrompt} />
      {isEdited ? (
        <Button name="intent" value="rebuild" small icon="refresh" skipValidation>
          Go back to my answers
        </Button>
      ) : null}
      <ul class="preview-pictures">
        {preview.pictures.map((picture) => (
          <li>
            <span class="shape-figure shape-figure-small" data-shape={picture.shape} />
            <span>
              {picture.shape}
              <br />
              {picture.width} × {picture.height}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
