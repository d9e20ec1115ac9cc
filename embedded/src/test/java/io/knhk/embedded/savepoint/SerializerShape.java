package io.knhk.embedded.savepoint;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.EnumSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;

/**
 * Puts into words what serializers write: a record by its name, a list or map with what is in it;
 * and once for each record its fields, for each enum its constants, in the order in which they are
 * written.
 */
final class SerializerShape {
  private final Map<String, String> types = new TreeMap<>();

  /** What a serializer writes; a record or enum is remembered for {@link #types}. */
  String of(TypeSerializerSnapshot<?> snapshot) {
    TypeSerializer<?> serializer = snapshot.restoreSerializer();
    if (serializer instanceof PojoSerializer<?> record) {
      return record(record);
    }
    if (serializer instanceof EnumSerializer<?> constants) {
      Class<?> type = constants.createInstance().getDeclaringClass();
      types.put(
          type.getName(),
          Arrays.stream(type.getEnumConstants())
              .map(String::valueOf)
              .collect(Collectors.joining(", ")));
      return type.getName();
    }
    String name = serializer.getClass().getSimpleName().replaceAll("Serializer$", "");
    if (snapshot instanceof CompositeTypeSerializerSnapshot<?, ?> composite) {
      return Arrays.stream(composite.getNestedSerializerSnapshots())
          .map(this::of)
          .collect(Collectors.joining(", ", name + "<", ">"));
    }
    return name;
  }

  /** What is in the records and enums seen so far, by name. */
  Map<String, String> types() {
    return Map.copyOf(types);
  }

  /** Flink has the fields, in the order in which they are written, but shows them to nobody. */
  private String record(PojoSerializer<?> serializer) {
    Class<?> type = (Class<?>) read(serializer, "clazz");
    Field[] fields = (Field[]) read(serializer, "fields");
    TypeSerializer<?>[] serializers = (TypeSerializer<?>[]) read(serializer, "fieldSerializers");
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < fields.length; i++) {
      members.append(i == 0 ? "" : ", ");
      // A field that today's class does not have any more has no name either.
      members.append(fields[i] == null ? "?" : fields[i].getName()).append(": ");
      members.append(of(serializers[i].snapshotConfiguration()));
    }
    types.put(type.getName(), members.toString());
    return type.getName();
  }

  private static Object read(Object from, String name) {
    try {
      Field field = from.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(from);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("expected a field of Flink's: name=" + name, e);
    }
  }
}
