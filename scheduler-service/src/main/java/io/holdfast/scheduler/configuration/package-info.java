/**
 * What {@code holdfast.yaml} says: read and judged as a pure function of its text, watched for changes, and made known
 * to every service as signed definitions.
 */
@NullMarked
package io.holdfast.scheduler.configuration;

import org.jspecify.annotations.NullMarked;
