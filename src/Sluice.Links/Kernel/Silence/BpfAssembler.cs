namespace Sluice.Links.Kernel.Silence;

/// <summary>The registers of the BPF machine: R0 is the result, R1 to R5 are arguments and lost in a call, R6 to R9 are kept, Frame is the end of the stack.</summary>
internal enum BpfRegister : byte
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    Frame,
}

/// <summary>Kernel functions that a program may call (linux/bpf.h, BPF_FUNC_*).</summary>
internal enum BpfHelper
{
    MapLookup = 1,
    SkbLoadBytes = 26,
}

/// <summary>Width of a load or store; the values are the BPF size bits.</summary>
internal enum BpfSize : byte
{
    Bits32 = 0x00,
    Bits16 = 0x08,
    Bits8 = 0x10,
    Bits64 = 0x18,
}

/// <summary>Comparison of a conditional jump; the values are the BPF operation bits.</summary>
internal enum BpfTest : byte
{
    Equal = 0x10,
    Greater = 0x20,
    AtLeast = 0x30,
    AnyBit = 0x40,
    NotEqual = 0x50,
    Less = 0xA0,
}

/// <summary>Arithmetic on 64 bits; the values are the BPF operation bits.</summary>
internal enum BpfArithmetic : byte
{
    Add = 0x00,
    ShiftLeft = 0x60,
    And = 0x50,
    ShiftRight = 0x70,
    Move = 0xB0,
}

/// <summary>Writes BPF instructions with named operations and labels; jumps are resolved by <see cref="Assemble"/>.</summary>
/// <remarks>An instruction is one word: opcode u8, destination register u4, source register u4, offset s16, immediate s32 (RFC 9669 section 3).</remarks>
internal sealed class BpfAssembler
{
    private const byte ClassLoad = 0x01, ClassStoreImmediate = 0x02, ClassStore = 0x03, ClassJump = 0x05, ClassArithmetic = 0x07;
    private const byte ModeMemory = 0x60, FromRegister = 0x08, SwapToBigEndian = 0xDC, LoadMapDescriptor = 0x18, Always = 0x05, CallHelper = 0x85, Return = 0x95;

    private readonly List<ulong> _code = [];
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly List<(int Instruction, string Label)> _jumps = [];

    /// <summary>Names the next instruction.</summary>
    public void Label(string name) => _labels.Add(name, _code.Count);

    public void Move(BpfRegister to, int value) => Calculate(BpfArithmetic.Move, to, value);

    public void Move(BpfRegister to, BpfRegister from) => Calculate(BpfArithmetic.Move, to, from);

    public void Calculate(BpfArithmetic operation, BpfRegister to, int value) => Add((byte)(ClassArithmetic | (byte)operation), to, 0, 0, value);

    public void Calculate(BpfArithmetic operation, BpfRegister to, BpfRegister by) =>
        Add((byte)(ClassArithmetic | FromRegister | (byte)operation), to, by, 0, 0);

    /// <summary>Reads memory at <paramref name="at"/> + <paramref name="offset"/>, zero-extended.</summary>
    public void Load(BpfSize size, BpfRegister to, BpfRegister at, int offset) =>
        Add((byte)(ClassLoad | ModeMemory | (byte)size), to, at, offset, 0);

    public void Store(BpfSize size, BpfRegister at, int offset, BpfRegister from) =>
        Add((byte)(ClassStore | ModeMemory | (byte)size), at, from, offset, 0);

    public void Store(BpfSize size, BpfRegister at, int offset, int value) =>
        Add((byte)(ClassStoreImmediate | ModeMemory | (byte)size), at, 0, offset, value);

    /// <summary>Turns the low 16 bits from network order into a number.</summary>
    public void FromNetworkOrder16(BpfRegister register) => Add(SwapToBigEndian, register, 0, 0, 16);

    /// <summary>Loads the address of a map; two slots long.</summary>
    public void LoadMap(BpfRegister to, int mapDescriptor)
    {
        Add(LoadMapDescriptor, to, (BpfRegister)1, 0, mapDescriptor);
        _code.Add(0);
    }

    public void Call(BpfHelper helper) => Add(CallHelper, 0, 0, 0, (int)helper);

    public void Exit() => Add(Return, 0, 0, 0, 0);

    public void Jump(string label)
    {
        _jumps.Add((_code.Count, label));
        Add(Always, 0, 0, 0, 0);
    }

    public void JumpIf(BpfRegister left, BpfTest test, int right, string label)
    {
        _jumps.Add((_code.Count, label));
        Add((byte)(ClassJump | (byte)test), left, 0, 0, right);
    }

    public void JumpIf(BpfRegister left, BpfTest test, BpfRegister right, string label)
    {
        _jumps.Add((_code.Count, label));
        Add((byte)(ClassJump | FromRegister | (byte)test), left, right, 0, 0);
    }

    /// <summary>The program, every jump resolved.</summary>
    /// <exception cref="InvalidOperationException">A label is missing or too far away.</exception>
    public ulong[] Assemble()
    {
        ulong[] code = [.. _code];
        foreach ((int instruction, string label) in _jumps)
        {
            if (!_labels.TryGetValue(label, out int target)) throw new InvalidOperationException($"No instruction is labelled '{label}'.");
            int distance = target - instruction - 1;
            if (distance is < short.MinValue or > short.MaxValue) throw new InvalidOperationException($"The label '{label}' is too far away.");
            code[instruction] |= (ulong)(ushort)distance << 16;
        }

        return code;
    }

    private void Add(byte opcode, BpfRegister to, BpfRegister from, int offset, int immediate) =>
        _code.Add(opcode | (ulong)to << 8 | (ulong)from << 12 | (ulong)(ushort)offset << 16 | (ulong)(uint)immediate << 32);
}
