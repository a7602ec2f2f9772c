/** What came of a restore as one record, for whoever asks later: made, and laid beside what was restored. */
@NullMarked
package io.holdfast.restore.report;

import org.jspecify.annotations.NullMarked;
