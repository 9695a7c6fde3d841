package dev.pollux.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads answers in the plainest way, all bytes at once, and takes nothing that could be understood
 * in two ways: what a client sees of what a proxy sends.
 */
final class Answers {

  private static final Pattern HEAD =
      Pattern.compile(
          "HTTP/1\\.1 ([1-5][0-9]{2})"
              + " [^\\r\\n]*\\r\\n((?:[!#$%&'*+\\-.^_`|~0-9A-Za-z]+:[^\\r\\n]*\\r\\n)*)\\r\\n");
  private static final Pattern SIZE = Pattern.compile("([0-9a-f]{1,8})\\r\\n");
  private static final Pattern LENGTH = field("Content-Length", "([0-9]+)");
  private static final Pattern CODING = field("Transfer-Encoding", "chunked");
  private static final Pattern CLOSE = field("Connection", "close");

  /** One of them; of 1xx, too. */
  record Answer(int status, String fields, String body, boolean isWhole, boolean isLast) {

    boolean isFinal() {
      return status >= 200;
    }

    boolean switches() {
      return status == 101;
    }
  }

  private final String in;
  private final boolean isEnded;
  private int at;

  private Answers(String in, boolean isEnded) {
    this.in = in;
    this.isEnded = isEnded;
  }

  private static Pattern field(String name, String value) {
    return Pattern.compile("(?:^|\\n)" + name + ": " + value + "\\r\\n");
  }

  /**
   * What came, for requests with these methods; the last may be a part of one.
   *
   * @param isEnded whether the stream ended in order
   * @throws AssertionError if it is no answers, or more than there are requests
   */
  static List<Answer> read(String in, List<String> methods, boolean isEnded) {
    Answers answers = new Answers(in, isEnded);
    List<Answer> all = new ArrayList<>();
    int finals = 0;
    while (answers.at < in.length()) {
      String method = finals < methods.size() ? methods.get(finals) : "none";
      Answer answer = answers.next(method);
      all.add(answer);
      finals += answer.isFinal() ? 1 : 0;
      if (!answer.isWhole || answer.isLast || answer.switches()) {
        break;
      }
    }
    boolean isOver = !all.isEmpty() && (all.getLast().isLast || !all.getLast().isWhole);
    if (isOver && answers.at < in.length()) {
      throw new AssertionError("behind the end of the stream: " + in.substring(answers.at));
    }
    return all;
  }

  @SuppressWarnings("JdkObsolete") // it may go on
  private Answer next(String method) {
    Matcher head = HEAD.matcher(in).region(at, in.length());
    if (!head.lookingAt()) {
      at = in.length();
      if (head.hitEnd()) {
        return new Answer(0, "", "", false, true);
      }
      throw new AssertionError("this is no answer: " + in);
    }
    at = head.end();
    int status = Integer.parseInt(head.group(1));
    String fields = head.group(2);
    List<String> lengths = LENGTH.matcher(fields).results().map(found -> found.group(1)).toList();
    boolean isChunked = CODING.matcher(fields).find();
    boolean isLast = CLOSE.matcher(fields).find();
    if (lengths.size() + (isChunked ? 1 : 0) > 1) {
      throw new AssertionError("an answer has two lengths: " + fields);
    }
    if (status < 200 || status == 204 || status == 304 || method.equals("HEAD")) {
      return new Answer(status, fields, "", true, isLast);
    }
    if (isChunked) {
      return chunks(status, fields, isLast);
    }
    int from = at;
    long end = lengths.isEmpty() ? in.length() : from + Long.parseLong(lengths.getFirst());
    at = (int) Math.min(in.length(), end);
    boolean isWhole = lengths.isEmpty() ? isEnded : end <= in.length();
    return new Answer(status, fields, in.substring(from, at), isWhole, isLast || lengths.isEmpty());
  }

  @SuppressWarnings("JdkObsolete") // likewise
  private Answer chunks(int status, String fields, boolean isLast) {
    StringBuilder body = new StringBuilder();
    while (true) {
      Matcher line = SIZE.matcher(in).region(at, in.length());
      if (!line.lookingAt()) {
        if (!line.hitEnd()) {
          throw new AssertionError("this is no chunk: " + in.substring(at));
        }
        break;
      }
      int size = Integer.parseInt(line.group(1), 16);
      int end = line.end() + size;
      if (size == 0) {
        Matcher trailers =
            Pattern.compile("(?:[^:\\r\\n]+:[^\\r\\n]*\\r\\n)*\\r\\n")
                .matcher(in)
                .region(line.end(), in.length());
        if (trailers.lookingAt()) {
          at = trailers.end();
          return new Answer(status, fields, body.toString(), true, isLast);
        }
        break;
      }
      body.append(in, line.end(), Math.min(in.length(), end));
      if (end + 2 > in.length()) {
        break;
      }
      if (!in.startsWith("\r\n", end)) {
        throw new AssertionError("a chunk does not end: " + in.substring(at));
      }
      at = end + 2;
    }
    at = in.length();
    return new Answer(status, fields, body.toString(), false, true);
  }
}
