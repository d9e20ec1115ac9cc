package io.knhk.knowledge.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;

/**
 * An event type of a snapshot as a schema of an observation's {@code data}. One snapshot gives one
 * text, indented, with line feeds.
 */
public final class SchemaExport {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private SchemaExport() {}

  /** In which language the schema is written. */
  public enum Format {
    /** JSON Schema, draft 2020-12. */
    JSONSCHEMA,
    /** Avro 1.12. */
    AVRO;

    /** By its name on the command line; empty for any other. */
    public static Optional<Format> named(String name) {
      for (Format format : values()) {
        if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
          return Optional.of(format);
        }
      }
      return Optional.empty();
    }
  }

  /** Empty when the snapshot does not know the event type. */
  public static Optional<String> of(CompiledSnapshot snapshot, String eventType, Format format) {
    for (CompiledType type : snapshot.types()) {
      if (type.name().equals(eventType)) {
        return Optional.of(
            text(
                switch (format) {
                  case JSONSCHEMA -> JsonSchemas.of(snapshot, type);
                  case AVRO -> AvroSchemas.of(snapshot, type);
                }));
      }
    }
    return Optional.empty();
  }

  private static String text(ObjectNode schema) {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try {
      return JSON.writer(printer).writeValueAsString(schema) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e); // a string takes everything
    }
  }
}
