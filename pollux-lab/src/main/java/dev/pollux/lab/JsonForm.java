package dev.pollux.lab;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shape of the JSON form: experiments as they are defined, and timelines.
 *
 * <p>A step is an object whose field {@code do} is the kind of step, followed by its own fields.
 */
final class JsonForm {

  private JsonForm() {}

  /** The fields of a record, in order. */
  static Map<String, @Nullable Object> of(Record value) {
    return switch (value) {
      case Timeline timeline -> timeline(timeline);
      case Timeline.Part act -> act(act);
      case Timeline.Entry entry -> entry(entry);
      default -> components(value);
    };
  }

  private static Map<String, @Nullable Object> timeline(Timeline timeline) {
    Experiment experiment = timeline.experiment();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", experiment.id());
    fields.put("name", experiment.name());
    fields.put("shows", experiment.shows());
    fields.put("expects", experiment.expects());
    fields.put("kernel", timeline.kernel());
    fields.put("asExpected", timeline.isAsExpected());
    fields.put("difference", timeline.difference().orElse(null));
    fields.put("acts", timeline.acts());
    return fields;
  }

  private static Map<String, @Nullable Object> act(Timeline.Part act) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("title", act.title());
    fields.put("steps", act.entries());
    return fields;
  }

  private static Map<String, @Nullable Object> entry(Timeline.Entry entry) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("number", entry.number());
    fields.put("text", entry.step().text());
    fields.put("step", entry.step());
    fields.put("result", entry.result());
    fields.put("asExpected", entry.isAsExpected());
    optional(fields, "ready", entry.ready());
    optional(fields, "transitions", entry.transitions());
    optional(fields, "figures", entry.figures());
    return fields;
  }

  private static void optional(Map<String, @Nullable Object> fields, String name, List<?> values) {
    if (!values.isEmpty()) {
      fields.put(name, values);
    }
  }

  private static Map<String, @Nullable Object> components(Record value) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    if (value instanceof Step step) {
      String kind = value.getClass().getSimpleName();
      fields.put("do", kind.substring(0, 1).toLowerCase(Locale.ROOT) + kind.substring(1));
      fields.put("expected", step.expected());
    }
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        fields.put(component.getName(), component.getAccessor().invoke(value));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("a record of this package shows its components", e);
      }
    }
    return fields;
  }
}
