/** A program of somebody who uses Pollux. */
package consumer;
