package dev.pollux.model;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** The contracts, on the running kernel and on the model in both its ways to run. */
class ContractTest {

  static Sys threads() {
    return ModelSys.threads(NativeSys.open()::nanoTime);
  }

  static Sys virtual() {
    return ModelSys.virtual(1, Faults.none());
  }

  @Nested
  @DisplayName("descriptors, pipes, timers, poll [native]")
  class NativeFiles extends SysContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("descriptors, pipes, timers, poll [model, threads]")
  class ThreadFiles extends SysContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("descriptors, pipes, timers, poll [model, virtual time]")
  class VirtualFiles extends SysContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("sockets [native]")
  class NativeSockets extends SocketContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("sockets [model, threads]")
  class ThreadSockets extends SocketContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("sockets [model, virtual time]")
  class VirtualSockets extends SocketContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("messages [native]")
  class NativeMessages extends MessageContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("messages [model, threads]")
  class ThreadMessages extends MessageContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("messages [model, virtual time]")
  class VirtualMessages extends MessageContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("sendfile [native]")
  class NativeSendfile extends SendfileContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("sendfile [model, threads]")
  class ThreadSendfile extends SendfileContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("sendfile [model, virtual time]")
  class VirtualSendfile extends SendfileContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("shared ports [native]")
  class NativeReusePort extends ReusePortContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("shared ports [model, threads]")
  class ThreadReusePort extends ReusePortContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("shared ports [model, virtual time]")
  class VirtualReusePort extends ReusePortContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("epoll [native]")
  class NativeEpoll extends EpollContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("epoll [model, threads]")
  class ThreadEpoll extends EpollContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("epoll [model, virtual time]")
  class VirtualEpoll extends EpollContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("files [native]")
  class NativeDisks extends FileContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("files [model, threads]")
  class ThreadDisks extends FileContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("files [model, virtual time]")
  class VirtualDisks extends FileContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("inotify [native]")
  class NativeInotify extends InotifyContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("inotify [model, threads]")
  class ThreadInotify extends InotifyContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("inotify [model, virtual time]")
  class VirtualInotify extends InotifyContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("signals, processes, clocks [native]")
  class NativeSources extends SourceContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }

    private Process process;

    @Override
    int startProcess() throws IOException {
      process = new ProcessBuilder("sleep", "60").redirectErrorStream(true).start();
      return (int) process.pid();
    }

    @Override
    void endProcess(int pid) throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  @Nested
  @DisplayName("signals, processes, clocks [model, threads]")
  class ThreadSources extends SourceContract {
    @Override
    Sys sys() {
      return threads();
    }

    @Override
    int startProcess() {
      return ((ModelSys) box.sys).startProcess();
    }

    @Override
    void endProcess(int pid) {
      ((ModelSys) box.sys).endProcess(pid);
      ((ModelSys) box.sys).reapProcess(pid);
    }
  }

  @Nested
  @DisplayName("signals, processes, clocks [model, virtual time]")
  class VirtualSources extends SourceContract {
    @Override
    Sys sys() {
      return virtual();
    }

    @Override
    int startProcess() {
      return ((ModelSys) box.sys).startProcess();
    }

    @Override
    void endProcess(int pid) {
      ((ModelSys) box.sys).endProcess(pid);
      ((ModelSys) box.sys).reapProcess(pid);
    }
  }

  @Nested
  @DisplayName("blocking calls [native]")
  class NativeBlocking extends BlockingContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("blocking calls [model, threads]")
  class ThreadBlocking extends BlockingContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("blocking connects [native]")
  class NativeConnects extends BlockingConnectContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("blocking connects [model, threads]")
  class ThreadConnects extends BlockingConnectContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("names [native]")
  class NativeNames extends NameContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("names [model, threads]")
  class ThreadNames extends NameContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("names [model, virtual time]")
  class VirtualNames extends NameContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("options [native]")
  class NativeOptions extends OptionContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("options [model, threads]")
  class ThreadOptions extends OptionContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("options [model, virtual time]")
  class VirtualOptions extends OptionContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("ancillary data [native]")
  class NativeAncillary extends AncillaryContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("ancillary data [model, threads]")
  class ThreadAncillary extends AncillaryContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("ancillary data [model, virtual time]")
  class VirtualAncillary extends AncillaryContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("packets [native]")
  class NativePackets extends PacketContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("packets [model, threads]")
  class ThreadPackets extends PacketContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("packets [model, virtual time]")
  class VirtualPackets extends PacketContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("paths of Unix sockets [native]")
  class NativePaths extends UnixPathContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("paths of Unix sockets [model, threads]")
  class ThreadPaths extends UnixPathContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("paths of Unix sockets [model, virtual time]")
  class VirtualPaths extends UnixPathContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }

  @Nested
  @DisplayName("addresses [native]")
  class NativeAddresses extends AddressContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("addresses [model, threads]")
  class ThreadAddresses extends AddressContract {
    @Override
    Sys sys() {
      return threads();
    }
  }

  @Nested
  @DisplayName("addresses [model, virtual time]")
  class VirtualAddresses extends AddressContract {
    @Override
    Sys sys() {
      return virtual();
    }
  }
}
