package io.knhk.operators.record;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * @param log name of the ledger, in every body
 * @param keyId of the key that will sign
 * @param trustedKeysPem public keys whose receipts count as committed
 * @param start what was allowed at submission
 * @param topic opens the receipts topic, to read what was committed
 */
public record RecordOptions(
    String log, String keyId, String trustedKeysPem, StartPolicy start, ReceiptsTopic.Opener topic)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public RecordOptions {
    if (log.isBlank() || keyId.isBlank()) {
      throw new IllegalArgumentException(
          "expected a log and a key id: log=" + log + ", keyId=" + keyId);
    }
  }

  /**
   * @param clientProperties of Kafka's clients, by Kafka's own names
   */
  public static RecordOptions of(
      String log,
      String keyId,
      String trustedKeysPem,
      StartPolicy start,
      Properties clientProperties) {
    Map<String, Object> config = new HashMap<>();
    for (String name : clientProperties.stringPropertyNames()) {
      config.put(name, clientProperties.getProperty(name));
    }
    return new RecordOptions(log, keyId, trustedKeysPem, start, KafkaReceiptsTopic.opener(config));
  }
}
