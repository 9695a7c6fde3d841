package dev.pollux.cli.inspect;

import com.google.gson.stream.JsonWriter;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.Report;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SystemCall;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/** A report for programs: a JSON document in a line. */
final class ReportJson {

  /** Rises when a name goes, or changes its meaning; new names may come at any time. */
  static final int VERSION = 1;

  private final JsonWriter json;

  private ReportJson(JsonWriter json) {
    this.json = json;
  }

  static void print(Report report, PrintStream out) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      new ReportJson(json).report(report);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println(text);
  }

  private void report(Report report) throws IOException {
    ProcessView view = report.view();
    json.beginObject();
    json.name("version").value(VERSION);
    json.name("pid").value(view.pid());
    json.name("name").value(view.name());
    json.name("looks").value(report.looks());
    json.name("tookNanos").value(view.tookNanos());
    json.name("fileLimit").value(view.fileLimit());
    json.name("findings").beginArray();
    for (Finding each : report.findings()) {
      finding(each);
    }
    json.endArray().name("epolls").beginArray();
    for (EpollSet each : view.epolls()) {
      epoll(view, each);
    }
    json.endArray().name("threads").beginArray();
    for (ProcessThread each : view.threads()) {
      thread(each);
    }
    json.endArray().name("descriptors").beginArray();
    for (Descriptor each : view.all()) {
      descriptor(each);
    }
    json.endArray().name("unseen").beginArray();
    for (String each : view.unseen()) {
      json.value(each);
    }
    json.endArray().endObject();
  }

  private void finding(Finding finding) throws IOException {
    json.beginObject();
    json.name("disease").value(finding.disease().label());
    json.name("confidence").value(word(finding.confidence()));
    json.name("subject").value(finding.subject());
    json.name("fds").beginArray();
    for (int fd : finding.fds()) {
      json.value(fd);
    }
    json.endArray().name("evidence").beginArray();
    for (String each : finding.evidence()) {
      json.value(each);
    }
    json.endArray().name("cure").value(finding.disease().cure()).endObject();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void epoll(ProcessView view, EpollSet set) throws IOException {
    json.beginObject();
    json.name("fd").value(set.fd());
    if (set.hasReady() != null) {
      json.name("hasReady").value(set.hasReady());
    }
    json.name("items").beginArray();
    for (EpollItem each : set.items()) {
      json.beginObject();
      json.name("fd").value(each.fd());
      json.name("events").value(Integer.toUnsignedLong(each.events()));
      json.name("text").value(each.text());
      json.name("data").value(Long.toHexString(each.data()));
      json.name("inode").value(each.inode());
      json.name("isOpen").value(view.target(each) != null);
      json.endObject();
    }
    json.endArray().endObject();
  }

  private void thread(ProcessThread thread) throws IOException {
    json.beginObject();
    json.name("tid").value(thread.tid());
    json.name("name").value(thread.name());
    json.name("state").value(String.valueOf(thread.state()));
    json.name("place").value(thread.place());
    json.name("cpuNanos").value(thread.cpuNanos());
    SystemCall call = thread.call();
    if (call != null) {
      json.name("call").beginObject();
      json.name("kind").value(word(call.kind()));
      json.name("name").value(call.name());
      json.name("fd").value(call.fd());
      if (call.isWait()) {
        json.name("capacity").value(call.capacity());
        if (call.timeoutMillis() != SystemCall.UNKNOWN) {
          json.name("timeoutMillis").value(call.timeoutMillis());
        }
      }
      json.name("watched").beginArray();
      for (SystemCall.Watched each : call.watched()) {
        json.beginObject().name("fd").value(each.fd());
        json.name("events").value(each.events()).endObject();
      }
      json.endArray().endObject();
    }
    json.endObject();
  }

  private void descriptor(Descriptor descriptor) throws IOException {
    json.beginObject();
    json.name("fd").value(descriptor.fd());
    json.name("kind").value(descriptor.kind().label());
    json.name("name").value(descriptor.name());
    json.name("inode").value(descriptor.inode());
    json.name("detail").value(descriptor.detail());
    SocketState socket = descriptor.socket();
    if (socket != null) {
      json.name("socket").beginObject();
      json.name("protocol").value(socket.protocol());
      json.name("state").value(word(socket.state()));
      json.name("local").value(socket.local());
      json.name("remote").value(socket.remote());
      json.name("unread").value(socket.unread());
      json.name("unsent").value(socket.unsent());
      json.name("timer").value(word(socket.timer()));
      json.name("retransmits").value(socket.retransmits());
      json.name("idleMillis").value(socket.idleMillis());
      json.endObject();
    }
    json.endObject();
  }
}
