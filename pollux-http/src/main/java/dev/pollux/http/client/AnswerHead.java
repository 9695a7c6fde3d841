package dev.pollux.http.client;

import dev.pollux.http.HttpFields;

/** What a head says, in one piece. */
record AnswerHead(int status, String reason, boolean isHttp10, HttpFields fields) {}
