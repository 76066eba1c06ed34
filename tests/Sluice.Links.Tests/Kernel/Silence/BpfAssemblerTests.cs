using Sluice.Links.Kernel.Silence;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Silence;

public class BpfAssemblerTests
{
    [Fact]
    public void Instructions_have_the_bytes_of_the_standard()
    {
        var code = new BpfAssembler();
        code.Move(BpfRegister.R6, BpfRegister.R1);
        code.Load(BpfSize.Bits32, BpfRegister.R2, BpfRegister.R6, 16);
        code.Store(BpfSize.Bits64, BpfRegister.Frame, -24, 0);
        code.Store(BpfSize.Bits16, BpfRegister.Frame, -32, BpfRegister.R9);
        code.Calculate(BpfArithmetic.And, BpfRegister.R9, 0x1FFF);
        code.FromNetworkOrder16(BpfRegister.R7);
        code.LoadMap(BpfRegister.R1, 5);
        code.Call(BpfHelper.MapLookup);
        code.Exit();

        // As clang and bpftool write them: opcode, registers, offset, immediate, each field little endian.
        Assert.Equal(
            [
                "BF16000000000000", "6162100000000000", "7A0AE8FF00000000", "6B9AE0FF00000000", "57090000FF1F0000", "DC07000010000000",
                "1811000005000000", "0000000000000000", "8500000001000000", "9500000000000000",
            ],
            code.Assemble().Select(word => Convert.ToHexString(BitConverter.GetBytes(word))));
    }

    [Fact]
    public void Jumps_lead_to_their_labels_forwards_and_backwards()
    {
        var code = new BpfAssembler();
        code.Label("start");
        code.JumpIf(BpfRegister.R2, BpfTest.Equal, 7, "end");
        code.JumpIf(BpfRegister.R2, BpfTest.NotEqual, BpfRegister.R3, "start");
        code.Jump("end");
        code.Label("end");
        code.Exit();
        Assert.Equal(
            ["1502020007000000", "5D32FEFF00000000", "0500000000000000", "9500000000000000"],
            code.Assemble().Select(word => Convert.ToHexString(BitConverter.GetBytes(word))));
    }

    [Fact]
    public void A_label_that_is_missing_or_given_twice_is_a_bug()
    {
        var code = new BpfAssembler();
        code.Jump("nowhere");
        Assert.Equal("No instruction is labelled 'nowhere'.", Assert.Throws<InvalidOperationException>(code.Assemble).Message);
        code.Label("here");
        Assert.Throws<ArgumentException>(() => code.Label("here"));
    }
}
