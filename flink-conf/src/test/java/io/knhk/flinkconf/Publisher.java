package io.knhk.flinkconf;

import io.knhk.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A service that publishes observations of four sectors, and now and then something that is none,
 * at a steady rate until it is told to stop. It waits for a broker that is away; each observation
 * is in the topic exactly once.
 */
final class Publisher implements AutoCloseable {
  /** One of so many is no observation, and ends among the dead letters. */
  static final int BROKEN_EVERY = 1_000;

  /** From the observation of this number on, payments have an attribute that nobody knows yet. */
  static final int NEWS_FROM = 3_000;

  private static final int SOURCES = 40;
  private static final Instant BEGIN = Instant.parse("2015-01-01T00:00:00Z");

  /** Sector, event type and further attributes, all of which its ontology knows. */
  private static final List<String[]> KINDS =
      List.of(
          new String[] {
            "finance",
            "payment.authorised",
            "\"currency\":\"EUR\",\"merchant_category\":\"grocery\",\"channel\":\"card\""
          },
          new String[] {"energy", "meter.reading", ""},
          new String[] {"manufacturing", "ambient.temperature", ""},
          new String[] {"logistics", "traffic.speed", ""});

  private final KafkaProducer<byte[], byte[]> producer;
  private final int perSecond;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  private Publisher(String bootstrapServers, int perSecond) {
    this.perSecond = perSecond;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.LINGER_MS_CONFIG,
                20,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                Long.MAX_VALUE,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                Integer.MAX_VALUE),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.thread = new Thread(this::publish, "publisher");
    thread.setDaemon(true);
  }

  static Publisher start(String bootstrapServers, int perSecond) {
    Publisher publisher = new Publisher(bootstrapServers, perSecond);
    publisher.thread.start();
    return publisher;
  }

  /** How many records Kafka has confirmed. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** Waits until Kafka has confirmed that many records. */
  void await(long count) throws InterruptedException {
    while (acknowledged.get() < count) {
      Exception failed = failure.get();
      if (failed != null) {
        throw new AssertionError("expected every record to be taken", failed);
      }
      if (stop.await(20, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("expected a publisher that goes on: count=" + count);
      }
    }
  }

  /**
   * Publishes no more, and waits for what is under way.
   *
   * @return how many records the topic has from this publisher
   */
  long stop() throws InterruptedException {
    stop.countDown();
    thread.join();
    producer.close();
    Exception failed = failure.get();
    if (failed != null || acknowledged.get() != sent.get()) {
      throw new AssertionError(
          "expected every record to be taken: sent=" + sent + ", acknowledged=" + acknowledged,
          failed);
    }
    return sent.get();
  }

  @Override
  public void close() {
    stop.countDown();
    thread.interrupt();
    producer.close(Duration.ZERO);
  }

  private void publish() {
    long startNs = System.nanoTime();
    try {
      while (!stop.await(10, TimeUnit.MILLISECONDS)) {
        long due = (System.nanoTime() - startNs) * perSecond / TimeUnit.SECONDS.toNanos(1);
        // After an outage the rate stays what it was: a backlog is the jobs' affair.
        long upTo = Math.min(due, sent.get() + Math.max(1, perSecond / 10));
        while (sent.get() < upTo && stop.getCount() > 0) {
          send(sent.getAndIncrement());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of a failure
  private void send(long number) {
    int source = (int) (number % SOURCES);
    String[] kind = KINDS.get(source % KINDS.size());
    String name = "urn:fault:" + kind[0] + "-" + source;
    boolean broken = number % BROKEN_EVERY == BROKEN_EVERY - 1;
    String news =
        number >= NEWS_FROM && kind[0].equals("finance") ? ",\"risk_score\":0." + number % 10 : "";
    String value =
        broken
            ? "{\"id\":\"" + number
            : String.format(
                Locale.ROOT,
                "{\"specversion\":\"1.0\",\"type\":\"io.knhk.observation.v1\",\"source\":\"%s\",\"id\":\"%d\",\"time\":\"%s\","
                    + "\"subject\":\"subject-%d\",\"sector\":\"%s\",\"partitionkey\":\"%s\",\"datacontenttype\":\"application/json\","
                    + "\"data\":{\"eventType\":\"%s\",\"value\":%d.25,\"outcome\":\"ok\",\"attributes\":{%s%s}}}",
                name,
                number,
                BEGIN.plusSeconds(number),
                source,
                kind[0],
                name,
                kind[1],
                10 + number % 50,
                kind[2],
                news);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            Topics.OBSERVATIONS,
            name.getBytes(StandardCharsets.UTF_8),
            value.getBytes(StandardCharsets.UTF_8));
    producer.send(
        record,
        (metadata, problem) -> {
          if (problem == null) {
            acknowledged.incrementAndGet();
          } else {
            failure.compareAndSet(null, problem);
          }
        });
  }
}
