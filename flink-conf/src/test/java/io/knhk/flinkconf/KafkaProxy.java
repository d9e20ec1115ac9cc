package io.knhk.flinkconf;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.utils.Utils;

/**
 * Stands between the jobs and the broker, and can hold what is produced to one topic, on its way
 * there or its acknowledgement on the way back. Everything else passes.
 *
 * <p>Kafka's frames are a length of four bytes and that many bytes; a request begins with its kind,
 * version and a number that its response begins with.
 */
final class KafkaProxy implements AutoCloseable {
  /** What is held. */
  enum Hold {
    NOTHING,
    REQUESTS,
    RESPONSES
  }

  private final ServerSocket server;
  private final String topic;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile int brokerPort;
  private volatile Uuid topicId = Uuid.ZERO_UUID;

  // Guarded by this.
  private Hold hold = Hold.NOTHING;
  private final List<byte[]> held = new ArrayList<>();
  private int heldFrames;

  private KafkaProxy(ServerSocket server, String topic) {
    this.server = server;
    this.topic = topic;
  }

  /** Listens; connections are taken up once {@link #leadTo} has said where they lead. */
  static KafkaProxy start(String topic) throws IOException {
    ServerSocket server =
        new ServerSocket(Processes.freePort(), 50, InetAddress.getLoopbackAddress());
    KafkaProxy proxy = new KafkaProxy(server, topic);
    daemon("proxy", proxy::accept);
    return proxy;
  }

  /**
   * @param id of the topic, by which newer clients name it
   */
  void leadTo(int port, Uuid id) {
    topicId = id;
    brokerPort = port;
  }

  int port() {
    return server.getLocalPort();
  }

  synchronized void hold(Hold what) {
    hold = what;
    held.clear();
    heldFrames = 0;
    notifyAll();
  }

  /** How many requests, or acknowledgements, are held now. */
  synchronized int heldFrames() {
    return heldFrames;
  }

  /** The values of the records in what is held, or whose acknowledgement is. */
  synchronized List<byte[]> heldValues() {
    return List.copyOf(held);
  }

  /** Cuts every connection, with what is held on it, and lets everything pass from now on. */
  void dropHeld() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    hold(Hold.NOTHING);
  }

  @Override
  public void close() throws IOException {
    server.close();
    dropHeld();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      Socket broker;
      try {
        broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
      } catch (IOException e) {
        client.close();
        continue;
      }
      open.add(client);
      open.add(broker);
      Link link = new Link(client, broker);
      daemon("proxy-requests", link::requests);
      daemon("proxy-responses", link::responses);
    }
  }

  /** Holds the calling thread while such frames are held, and the connection is open. */
  private synchronized void await(Hold what, List<byte[]> values, Socket onlyWhileOpen)
      throws InterruptedException {
    if (hold != what) {
      return;
    }
    held.addAll(values);
    heldFrames++;
    while (hold == what && !onlyWhileOpen.isClosed()) {
      wait(100);
    }
  }

  /** The values that a request produces to the topic; empty if it is another request. */
  private List<byte[]> produced(byte[] frame) {
    ByteBuffer buffer = ByteBuffer.wrap(frame);
    if (buffer.getShort(0) != ApiKeys.PRODUCE.id) {
      return List.of();
    }
    short version = buffer.getShort(2);
    RequestHeader.parse(buffer);
    List<byte[]> values = new ArrayList<>();
    ProduceRequest request = ProduceRequest.parse(new ByteBufferAccessor(buffer), version);
    for (TopicProduceData to : request.data().topicData()) {
      if (to.name().equals(topic) || to.topicId().equals(topicId)) {
        for (PartitionProduceData partition : to.partitionData()) {
          for (Record record : ((MemoryRecords) partition.records()).records()) {
            values.add(Utils.toArray(record.value()));
          }
        }
      }
    }
    return values;
  }

  private static void daemon(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // The connection is closed: one end went away, or the test did.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private interface Task {
    void run() throws IOException, InterruptedException;
  }

  /** One client's connection and the one to the broker that belongs to it. */
  private final class Link {
    private final Socket client;
    private final Socket broker;

    /** What requests to the topic brought that were let through, by their numbers. */
    private final Map<Integer, List<byte[]>> produced = new ConcurrentHashMap<>();

    Link(Socket client, Socket broker) {
      this.client = client;
      this.broker = broker;
    }

    void requests() throws IOException, InterruptedException {
      pump(client, broker, this::request);
    }

    void responses() throws IOException, InterruptedException {
      pump(broker, client, this::response);
    }

    private void request(byte[] frame) throws InterruptedException {
      List<byte[]> values = produced(frame);
      if (values.isEmpty()) {
        return;
      }
      await(Hold.REQUESTS, values, client);
      produced.put(ByteBuffer.wrap(frame).getInt(4), values);
    }

    private void response(byte[] frame) throws InterruptedException {
      List<byte[]> acknowledged = produced.remove(ByteBuffer.wrap(frame).getInt(0));
      if (acknowledged != null) {
        await(Hold.RESPONSES, acknowledged, broker);
      }
    }

    private void pump(Socket from, Socket to, Passing passing)
        throws IOException, InterruptedException {
      try {
        DataInputStream in = new DataInputStream(from.getInputStream());
        DataOutputStream out = new DataOutputStream(to.getOutputStream());
        while (true) {
          byte[] frame = new byte[in.readInt()];
          in.readFully(frame);
          passing.pass(frame);
          out.writeInt(frame.length);
          out.write(frame);
          out.flush();
        }
      } finally {
        client.close();
        broker.close();
        open.remove(client);
        open.remove(broker);
      }
    }
  }

  private interface Passing {
    void pass(byte[] frame) throws InterruptedException;
  }
}
