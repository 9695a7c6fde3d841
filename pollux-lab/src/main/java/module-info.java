/**
 * The laboratory: experiments that show how epoll behaves, on the kernel and on its model. Start
 * with {@link dev.pollux.lab.Laboratory}.
 */
module dev.pollux.lab {
  requires dev.pollux.kqueue;
  requires dev.pollux.model;
  requires dev.pollux.sys;
  requires org.jline.terminal;
  requires static org.jspecify;

  exports dev.pollux.lab;
}
