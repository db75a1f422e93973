/** The questions of one event type, drawn from the catalogue, with what was answered before. */
import { Choice, otherName } from "../components/choice.tsx";
import { NumberField, TextField } from "../components/field.tsx";
import { typedValue } from "../form-values.ts";
import type { EventType, FieldErrors, FormValues, Question } from "../model.ts";
import { answerName } from "./fields.ts";

export interface QuestionsProps {
  eventType: EventType;
  values: FormValues;
  errors: FieldErrors;
  otherCharacters: number;
}

export function Questions(props: QuestionsProps) {
  return (
    <div class="questions">
      {props.eventType.questions.map((question) => (
        <QuestionField {...props} question={question} />
      ))}
    </div>
  );
}

function QuestionField(props: QuestionsProps & { question: Question }) {
  const { question, values, errors } = props;
  const name = answerName(question.key);
  const shared = {
    name,
    label: question.label,
    required: question.required,
    hint: question.hint === undefined ? undefined : `For example: ${question.hint}`,
    value: typedValue(values, name),
    error: errors[name],
  };
  switch (question.type) {
    case "number":
      return <NumberField {...shared} min={question.min} max={question.max} />;
    case "text":
      return <TextField {...shared} maxLength={question.maxLength} />;
    case "choice":
      return (
        <Choice
          {...shared}
          choices={question.choices ?? []}
          otherCharacters={question.other === true ? (question.maxLength ?? props.otherCharacters) : 0}
          otherValue={typedValue(values, otherName(name))}
        />
      );
  }
}
