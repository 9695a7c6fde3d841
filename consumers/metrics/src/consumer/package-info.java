/** What a user writes who wants figures. */
package consumer;
