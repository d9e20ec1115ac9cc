package io.knhk.operators.record;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * @param producerProperties Kafka's own names; {@code bootstrap.servers} at least
 * @param signingKeyFile PEM file on every TaskManager
 * @param keyId that key's id, so that a TaskManager with another key refuses to sign
 */
public record SignedSinkOptions(
    HashMap<String, String> producerProperties, String signingKeyFile, String keyId)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public SignedSinkOptions(Properties producer, String signingKeyFile, String keyId) {
    this(toMap(producer), signingKeyFile, keyId);
  }

  private static HashMap<String, String> toMap(Properties properties) {
    HashMap<String, String> map = new HashMap<>();
    for (String name : properties.stringPropertyNames()) {
      map.put(name, properties.getProperty(name));
    }
    return map;
  }

  Map<String, Object> producerConfig() {
    return new HashMap<>(producerProperties);
  }
}
