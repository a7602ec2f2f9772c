package io.holdfast.runtime.jobs;

/**
 * That a worker owns a job, for as long as the job's row has this version: the fencing token.
 *
 * @param kind    the job's kind
 * @param request the id of the event that asked for it
 * @param version of the row in {@code scheduled_tasks}, as it was when this worker picked it
 */
record Ownership(String kind, String request, long version) {}
