package dev.pollux.http;

/** How far an answer is. */
enum AnswerState {
  NEW,
  BEGUN,
  COMPLETE,
  /** With its connection. */
  LOST
}
